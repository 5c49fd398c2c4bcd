// SPDX-License-Identifier: Apache-2.0

package claims

func one(name, value string) []Option  { return []Option{{"optimizer", "gn"}, {name, value}} }
func use(optimizer string) []Option    { return []Option{{"optimizer", optimizer}} }
func legacy(optimizer string) []Option { return []Option{{"optimizer", optimizer}, {"legacy", "true"}} }

// Arms is the table of all arms.
func Arms() []Arm {
	arms := append(plainArms(), switchedArms()...)
	arms = append(arms, remedies()...)
	return append(arms, openArms()...)
}

// plainArms are the optimizers that most claims compare.
func plainArms() []Arm {
	gn, adam, sgd, _, _ := grids()
	preset := Rate{}
	return []Arm{
		{Name: "adam", Class: Baseline, Options: use("adam"), Rate: adam},
		{Name: "sgd", Class: Baseline, Options: use("sgd"), Rate: sgd},
		{Name: "adam-preset", Class: Baseline, Options: use("adam"), Rate: preset},
		{Name: "sgd-preset", Class: Baseline, Options: use("sgd"), Rate: preset},
		{Name: "split", Class: Exact, Options: use("gn"), Rate: gn},
		{Name: "split-preset", Class: Exact, Options: use("gn"), Rate: preset},
		{Name: "truncated", Class: Approximate, Options: legacy("gn"), Rate: gn},
		{Name: "released", Class: Approximate, Options: legacy("gn"), Rate: preset},
		{Name: "split-narrow", Class: Approximate, Options: use("gn"), Rate: gn},
		{Name: "split-longer", Class: Exact, Options: use("gn"), Rate: gn, Longer: true},
		{Name: "adam-longer", Class: Baseline, Options: use("adam"), Rate: adam, Longer: true},
		{Name: "split-preset-longer", Class: Exact, Options: use("gn"), Rate: preset, Longer: true},
		{Name: "adam-preset-longer", Class: Baseline, Options: use("adam"), Rate: preset, Longer: true},
	}
}

func switchedArms() []Arm {
	preset := Rate{}
	return []Arm{
		{Name: "adam-then-split", Class: Exact, Options: use("adam"), Rate: preset, SwitchTo: "gn"},
		{Name: "split-then-adam", Class: Exact, Options: use("gn"), Rate: preset, SwitchTo: "adam"},
		{Name: "adam-then-released", Class: Approximate, Options: legacy("adam"), Rate: preset, SwitchTo: "gn"},
		{Name: "released-then-adam", Class: Approximate, Options: legacy("gn"), Rate: preset, SwitchTo: "adam"},
	}
}

// remedies are what claim 6 says does not help.
func remedies() []Arm {
	gn, _, _, _, _ := grids()
	return []Arm{
		{Name: "split-init1e-2", Class: Exact, Options: one("init-std", "1e-2"), Rate: gn},
		{Name: "split-init1e-6", Class: Exact, Options: one("init-std", "1e-6"), Rate: gn},
		{Name: "split-spring", Class: Exact, Options: one("memory", "spring:0.9"), Rate: gn},
		{Name: "truncated-init1e-2", Class: Approximate, Options: append(legacy("gn"), Option{"init-std", "1e-2"}), Rate: gn},
		{Name: "truncated-init1e-6", Class: Approximate, Options: append(legacy("gn"), Option{"init-std", "1e-6"}), Rate: gn},
		{Name: "cut1e-3", Class: Approximate, Options: one("rtol", "1e-3"), Rate: gn},
		{Name: "cut1e-1", Class: Approximate, Options: one("rtol", "1e-1"), Rate: gn},
		{Name: "tikhonov", Class: Approximate, Options: one("damping", "rel:1e-3"), Rate: gn},
		{Name: "noise", Class: Approximate, Options: one("inverse-noise", "0.01"), Rate: gn},
	}
}

// openArms are those of the questions 9 to 14.
func openArms() []Arm {
	gn, adam, _, curvature, damped := grids()
	arms := []Arm{
		{Name: "min-norm", Class: Exact, Options: one("inverse", "min-norm"), Rate: gn},
		{Name: "min-norm-whole", Class: Exact, Options: append(one("inverse", "min-norm"), Option{"lr", "1"})}, // a rate that is nobody's choice
		{Name: "last", Class: Exact, Options: one("inverse", "last"), Rate: gn},
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
