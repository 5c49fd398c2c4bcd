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
}

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

// Arms is the table of all arms.
func Arms() []Arm {
	gn, adam, sgd, curvature, damped := grids()
	preset := Rate{}
	one := func(name, value string) []Option { return []Option{{"optimizer", "gn"}, {name, value}} }
	use := func(optimizer string) []Option { return []Option{{"optimizer", optimizer}} }
	legacy := func(optimizer string) []Option { return []Option{{"optimizer", optimizer}, {"legacy", "true"}} }
	arms := []Arm{
		{Name: "adam", Class: Baseline, Options: use("adam"), Rate: adam},
		{Name: "sgd", Class: Baseline, Options: use("sgd"), Rate: sgd},
		{Name: "adam-preset", Class: Baseline, Options: use("adam"), Rate: preset},
		{Name: "sgd-preset", Class: Baseline, Options: use("sgd"), Rate: preset},
		{Name: "split", Class: Exact, Options: use("gn"), Rate: gn},
		{Name: "split-preset", Class: Exact, Options: use("gn"), Rate: preset},
		{Name: "truncated", Class: Approximate, Options: legacy("gn"), Rate: gn},
		{Name: "released", Class: Approximate, Options: legacy("gn"), Rate: preset},
		{Name: "split-narrow", Class: Approximate, Options: use("gn"), Rate: gn},

		{Name: "adam-then-split", Class: Exact, Options: use("adam"), Rate: preset, SwitchTo: "gn"},
		{Name: "split-then-adam", Class: Exact, Options: use("gn"), Rate: preset, SwitchTo: "adam"},
		{Name: "adam-then-released", Class: Approximate, Options: legacy("adam"), Rate: preset, SwitchTo: "gn"},
		{Name: "released-then-adam", Class: Approximate, Options: legacy("gn"), Rate: preset, SwitchTo: "adam"},

		{Name: "split-init1e-2", Class: Exact, Options: one("init-std", "1e-2"), Rate: gn},
		{Name: "split-init1e-6", Class: Exact, Options: one("init-std", "1e-6"), Rate: gn},
		{Name: "split-spring", Class: Exact, Options: one("memory", "spring:0.9"), Rate: gn},
		{Name: "truncated-init1e-2", Class: Approximate, Options: append(legacy("gn"), Option{"init-std", "1e-2"}), Rate: gn},
		{Name: "truncated-init1e-6", Class: Approximate, Options: append(legacy("gn"), Option{"init-std", "1e-6"}), Rate: gn},
		{Name: "cut1e-3", Class: Approximate, Options: one("rtol", "1e-3"), Rate: gn},
		{Name: "cut1e-1", Class: Approximate, Options: one("rtol", "1e-1"), Rate: gn},
		{Name: "tikhonov", Class: Approximate, Options: one("damping", "rel:1e-3"), Rate: gn},
		{Name: "noise", Class: Approximate, Options: one("inverse-noise", "0.01"), Rate: gn},

		{Name: "min-norm", Class: Exact, Options: one("inverse", "min-norm"), Rate: gn},
		{Name: "exact-curvature", Class: Exact, Options: one("curvature", "exact"), Rate: curvature},
		{Name: "damped-curvature", Class: Exact, Options: append(one("curvature", "damped"), Option{"curvature-damping", "0.1"}), Rate: damped},
		{Name: "linearised", Class: Exact, Options: one("linearised", "true"), Rate: Rate{As: "split"}},
	}
	for _, load := range Loads() {
		arms = append(arms, Arm{Name: loadArm("split", load), Class: Exact, Options: use("gn"), Rate: gn, Load: load},
			Arm{Name: loadArm("adam", load), Class: Baseline, Options: use("adam"), Rate: adam, Load: load})
	}
	for _, share := range Shares() {
		arms = append(arms, Arm{Name: shareArm("split", share), Class: Exact, Options: use("gn"), Rate: gn, Share: share},
			Arm{Name: shareArm("adam", share), Class: Baseline, Options: use("adam"), Rate: adam, Share: share})
	}
	return arms
}

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
