// SPDX-License-Identifier: Apache-2.0

package study

// labels are what figures call arms; the others go by their names.
func labels() map[string]string {
	return map[string]string{
		"split": "GN, exact (split)", "truncated": "GN, truncated", "released": "GN, as released", "split-preset": "GN, exact, preset", "split-narrow": "GN, projected (split-narrow)",
		"adam": "Adam", "sgd": "SGD", "adam-preset": "Adam, preset", "sgd-preset": "SGD, preset",
		"adam-then-split": "Adam, then GN exact", "split-then-adam": "GN exact, then Adam", "adam-then-released": "Adam, then GN as released", "released-then-adam": "GN as released, then Adam",
		"split-init1e-2": "GN, exact, initial scale 1e-2", "split-init1e-6": "GN, exact, initial scale 1e-6", "split-spring": "GN, exact, memory (spring 0.9)",
		"truncated-init1e-2": "GN, truncated, initial scale 1e-2", "truncated-init1e-6": "GN, truncated, initial scale 1e-6",
		"cut1e-3": "GN, cut at 1e-3", "cut1e-1": "GN, cut at 1e-1", "tikhonov": "GN, Tikhonov 1e-3", "noise": "GN, noise 0.01 on the inverse",
		"split-longer": "GN, exact, longer", "adam-longer": "Adam, longer", "split-preset-longer": "GN, exact, preset, longer", "adam-preset-longer": "Adam, preset, longer",
		"last": "GN, exact (last block)", "min-norm": "GN, exact (min-norm)", "min-norm-whole": "GN, exact (min-norm)", "exact-curvature": "GN, exact curvature", "damped-curvature": "GN, damped curvature", "linearised": "GN, linearised network",
	}
}

func label(arm string) string {
	if l, ok := labels()[arm]; ok {
		return l
	}
	return arm
}

// styles are colour and dash of arms in a figure: the common ones look the same in all figures, the others take what is left.
func styles(arms []string) map[string]int {
	common := map[string]int{"split": 0, "adam": 1, "sgd": 2, "truncated": 3, "split-preset": 0, "adam-preset": 1, "sgd-preset": 2, "released": 4, "split-narrow": 0, "split-longer": 0, "adam-longer": 1}
	of, taken := map[string]int{}, map[int]bool{}
	for _, a := range arms {
		if s, ok := common[a]; ok && !taken[s] {
			of[a], taken[s] = s, true
		}
	}
	next := 4
	for _, a := range arms {
		if _, ok := of[a]; ok {
			continue
		}
		for taken[next] {
			next++
		}
		of[a], taken[next] = next, true
	}
	return of
}

// withDash is the style of the same colour with the dash of a given index: 7 colours and 4 dashes are counted together.
func withDash(style, dash int) int {
	const colours, dashes = 7, 4
	for style %= colours; style%dashes != dash; style += colours {
	}
	return style
}
