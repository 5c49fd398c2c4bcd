// SPDX-License-Identifier: Apache-2.0

package features

import (
	"math"

	"revgn/analysis/sites"
	"revgn/internal/number"
)

// Result is a network at some weights beside itself at the start. Definitions say what the numbers are.
type Result struct {
	Network   Classified    `json:"network"` // by its own logits
	Sites     []SiteRow     `json:"sites"`   // in the order of the forward pass
	Couplings []CouplingRow `json:"couplings"`
	Inversion []Inversion   `json:"inversion,omitempty"` // the network, then its blocks; none of a linearised network
}

// SiteRow is a site now and at the start.
type SiteRow struct {
	sites.Site
	Now   Numbers     `json:"now"`
	Start Numbers     `json:"start"`
	Gain  *Difference `json:"probe_gain,omitempty"` // accuracy of the classifier now less that at the start
}

// Numbers are those of a site at one set of weights.
type Numbers struct {
	Plain     Spectrum    `json:"uncentred"` // of K
	Centred   Spectrum    `json:"centred"`   // of HKH
	Alignment Alignment   `json:"label_alignment"`
	Probe     *Classifier `json:"probe,omitempty"` // none without samples to fit on
}

// Lost tells whether the site had an entry that is not finite, and so has no numbers.
func (n Numbers) Lost() bool { return math.IsNaN(float64(n.Plain.Largest)) }

// Spectrum says how many directions a site has.
type Spectrum struct {
	EffectiveRank number.Number `json:"effective_rank"`
	StableRank    number.Number `json:"stable_rank"`
	Participation number.Number `json:"participation"`
	Largest       number.Number `json:"largest_eigenvalue"`
	Eigenvalues   []float64     `json:"-"` // ascending; some that are zero may be left out
}

// Alignment is that of a site's kernel matrix with the labels'.
type Alignment struct {
	Biased        number.Number `json:"biased"`
	BiasedError   number.Number `json:"biased_error"`
	Chance        number.Number `json:"chance"` // expectation of Biased for labels in random order
	Debiased      number.Number `json:"debiased"`
	DebiasedError number.Number `json:"debiased_error"`
}

// Classifier is a ridge classifier on a site: fitted on some samples, looked at on the probe set.
type Classifier struct {
	Ridge       number.Number `json:"ridge"`          // λ over the mean of diag HKH
	LeaveOneOut number.Number `json:"leave_one_out"`  // squared error on the fitted samples, each predicted by the others
	AtEdge      bool          `json:"at_grid_edge"`   // λ is the smallest or the largest there is to choose
	Loss        number.Number `json:"loss"`           // squared error on the probe set
	Accuracy    number.Number `json:"accuracy"`       // on the probe set
	AccuracyErr number.Number `json:"accuracy_error"` // its standard error
	Hits        []bool        `json:"-"`              // of the probe set, sample by sample
}

// Classified is how well the network itself does on the probe set.
type Classified struct {
	Accuracy number.Number `json:"accuracy"`
	Error    number.Number `json:"accuracy_error"`
	Start    number.Number `json:"accuracy_start"`
	Gain     Difference    `json:"accuracy_gain"`
}

// Difference is one of two accuracies on the same samples, with the standard error of a mean of paired differences.
type Difference struct {
	Value number.Number `json:"value"`
	Error number.Number `json:"error"`
}

// CouplingRow is which units of a coupling are on, at xC > 0. An identity coupling has no sides, and no row.
type CouplingRow struct {
	Name         string        `json:"name"`
	Flipped      number.Number `json:"flipped"`
	FlippedUnits number.Number `json:"flipped_units"`
	On           number.Number `json:"on"`
	AlwaysOff    number.Number `json:"always_off"`
	AlwaysOn     number.Number `json:"always_on"`
	Start        Sides         `json:"start"`
}

// Sides are the same shares at the start.
type Sides struct {
	On        number.Number `json:"on"`
	AlwaysOff number.Number `json:"always_off"`
	AlwaysOn  number.Number `json:"always_on"`
}

// Inversion is how well the input of a part of the network is recovered from its output.
type Inversion struct {
	Name  string        `json:"name"`  // network, block0, block1, …
	All   number.Number `json:"all"`   // ‖x_rec - x‖/‖x‖ over all samples
	Worst number.Number `json:"worst"` // the largest of a single sample
}
