// SPDX-License-Identifier: Apache-2.0

package claims

import (
	"strconv"
	"strings"
)

// Variation says whose Gauss-Newton steps a claim is about.
type Variation string

// The variations.
const (
	// ByExact is the claim about the equal split with certified-exact steps, every optimizer at a rate of its own that was tuned.
	ByExact Variation = "exact"
	// ByPublished is the claim about the equal split with certified-exact steps, every optimizer at the rate that the preset has from the publication.
	ByPublished Variation = "published"
	// ByTruncated is the claim about the released truncation, rates tuned.
	ByTruncated Variation = "truncated"
	// ByReleased is the claim about the released configuration as it is: truncated steps, and every optimizer at the rate that the preset has from the publication.
	ByReleased Variation = "released"
	// ByNarrow is the claim where the hidden width is that of a half, so that steps are projections.
	ByNarrow Variation = "narrow"
)

// Direction is the claimed side of a threshold.
type Direction string

// The directions.
const (
	Above Direction = "above"
	Below Direction = "below"
)

// Claim is a statement with all that decides its verdict.
type Claim struct {
	ID        string // "1" to "8" of the paper, "9" and on are open questions
	Variation Variation
	Statement string
	Premises  []Part // what must hold for the claim to mean anything
	Parts     []Part // all must hold
	Refuted   string // what would refute it, in words
}

// LeastSeeds is the smallest number of paired seeds of which a verdict speaks.
const LeastSeeds = 5

// Part is one comparison of a claim.
type Part struct {
	Name      string
	Setting   string
	Statistic Statistic
	Direction Direction
	Threshold float64
	Why       string // why the threshold is there
}

// Statistic is one number of the runs of one seed.
type Statistic struct {
	Definition string
	Log        bool     // a difference of logarithms: its exponential is a ratio
	Arms       []string // whose runs it reads
	CKA        bool     // it reads analysis/cka.json with a floor
	Of         func(s Seed) (float64, error)
}

// Seed is the runs of one seed by arm.
type Seed map[string]View

// Name tells a claim from its other variations: "2:exact".
func (c Claim) Name() string { return c.ID + ":" + string(c.Variation) }

// OfPaper tells the paper's claims, 1 to 8, from the questions that it leaves open.
func OfPaper(id string) bool {
	whole, _, _ := strings.Cut(id, "-")
	n, err := strconv.Atoi(whole)
	return err == nil && n <= 8
}

// all are the premises and the parts.
func (c Claim) all() []Part { return append(c.Premises[:len(c.Premises):len(c.Premises)], c.Parts...) }

// Cell is an arm in a setting, with what statistics need of its runs.
type Cell struct {
	Setting, Arm string
	CKA          bool // `revgn analyze cka --kernel linear --sites stream --floor` is needed
}

// Cells are the settings and arms whose runs the claims need, each once, in order of need.
func Cells(claims []Claim) []Cell {
	var cells []Cell
	at := map[[2]string]int{}
	for _, c := range claims {
		for _, p := range c.all() {
			for _, arm := range p.Statistic.Arms {
				key := [2]string{p.Setting, arm}
				i, ok := at[key]
				if !ok {
					i = len(cells)
					at[key] = i
					cells = append(cells, Cell{Setting: p.Setting, Arm: arm})
				}
				cells[i].CKA = cells[i].CKA || p.Statistic.CKA
			}
		}
	}
	return cells
}
