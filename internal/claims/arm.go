// SPDX-License-Identifier: Apache-2.0

package claims

import (
	"fmt"
	"math"
)

// Arm is one way to train, the same in every setting.
type Arm struct {
	Name    string
	Class   Class    // what its runs must turn out to be, to count
	Options []Option // on top of the setting's
	Rate    Rate
	// What depends on the setting.
	SwitchTo string  // go on with this optimizer after half of the epochs
	Load     float64 // B/(h+1); 0: the setting's width
	Share    float64 // of the setting's training samples; 0: all
	Longer   bool    // timesLonger as many epochs, with as many evaluations, and nothing else measured
}

// timesLonger is how many times the setting's epochs the runs have that train longer.
const timesLonger = 4

// Rate says how the learning rate of an arm comes about: by a grid, as that of another arm, or else as the preset has it.
type Rate struct {
	Grid []float64
	As   string
}

// The grids. Each has five rates; the baselines' reach wider.
func grids() (gn, adam, sgd, curvature, damped Rate) {
	return Rate{Grid: []float64{0.25, 0.5, 1, 2, 4}}, Rate{Grid: []float64{1e-4, 4e-4, 1.6e-3, 6.4e-3, 2.56e-2}}, Rate{Grid: []float64{0.01, 0.04, 0.16, 0.64, 2.56}},
		Rate{Grid: []float64{0.003125, 0.00625, 0.0125, 0.025, 0.05}}, Rate{Grid: []float64{0.0125, 0.05, 0.2, 0.4, 0.8}}
}

// Loads are the values of B/(h+1) that question 11 compares, Shares those of the training samples.
func Loads() []float64  { return []float64{0.2, 0.4, 0.8} }
func Shares() []float64 { return []float64{0.25, 0.5, 1} }

func loadArm(of string, load float64) string   { return fmt.Sprintf("%s-load%g", of, load) }
func shareArm(of string, share float64) string { return fmt.Sprintf("%s-share%g", of, share) }

// FindArm finds an arm by its name.
func FindArm(name string) (Arm, error) {
	for _, a := range Arms() {
		if a.Name == name {
			return a, nil
		}
	}
	return Arm{}, fmt.Errorf("there is no arm %q", name)
}

// options are those of an arm's runs in a setting, later ones replacing earlier ones of the same name; rate and seed are left out.
func (a Arm) options(s Setting) []Option {
	options := append(s.Options[:len(s.Options):len(s.Options)], a.Options...)
	if a.SwitchTo != "" {
		options = append(options, Option{"switch", fmt.Sprintf("%d:%s", s.Epochs/2, a.SwitchTo)})
	}
	if a.Load > 0 {
		options = append(options, Option{"hidden", fmt.Sprint(int(math.Round(float64(s.Batch)/a.Load)) - 1)})
	}
	if a.Longer {
		epoch := s.Samples / s.Batch
		options = append(options, Option{"epochs", fmt.Sprint(timesLonger * s.Epochs)}, Option{"eval-every", fmt.Sprint(timesLonger * epoch)}, Option{"measure", "false"}, Option{"probe-every", "0"})
	}
	if a.Share > 0 {
		options = append(options, Option{"train-size", fmt.Sprint(int(a.Share * float64(s.Samples)))})
	}
	var merged []Option
	for i, o := range options {
		replaced := false
		for _, later := range options[i+1:] {
			replaced = replaced || later.Name == o.Name
		}
		if !replaced {
			merged = append(merged, o)
		}
	}
	return merged
}
