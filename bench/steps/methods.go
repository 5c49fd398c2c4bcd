// SPDX-License-Identifier: Apache-2.0

package main

// method is one row of the table.
type method struct {
	name  string    // as the table shows it and --only takes it: no blanks, no commas
	flags string    // of revgn train, without the rate; no flag here holds a blank
	grid  []float64 // learning rates, ascending; one alone is fixed and never extended
}

// methods is the family and the baselines. Grids go up by factors of two, as fine for the one as for the other; each holds the published rate where there is
// one, and how far it reaches matters little, for it is extended where the best lies at its edge. An exact curvature asks for changes of the logits about K times
// as long as the identity's at the start, so that its rates are lower.
func methods() []method {
	return []method{
		{"split", "--inverse split", octaves(0.25, 3)},
		{"last", "--inverse last", octaves(0.25, 3)},
		{"first", "--inverse first", octaves(0.25, 3)},
		{"sgd", "--optimizer sgd", octaves(0.1, 3)},
		{"momentum", "--optimizer momentum", octaves(0.02, 3)},
		{"adam", "--optimizer adam", octaves(2e-4, 3)},
		{"adamw", "--optimizer adamw", octaves(2e-4, 3)},
		{"muon", "--optimizer muon", octaves(0.02, 3)},
		{"kfac", "--optimizer kfac", octaves(0.25, 3)},
		{"min-norm", "--inverse min-norm", octaves(0.5, 3)},
		{"mix:0.5", "--inverse mix:0.5", octaves(0.5, 3)},
		{"linearised", "--inverse split --linearised", octaves(0.25, 3)},
		{"egn", "--inverse min-norm --curvature exact --damping rel:0.1", octaves(0.2, 3)},
		{"lm", "--inverse split --damping rel:1e-3 --damping-schedule lm", octaves(0.5, 3)},
		{"tikhonov", "--inverse split --damping rel:1e-3", octaves(0.5, 3)},
		{"split+damped", "--inverse split --curvature damped --curvature-damping 0.1", octaves(0.05, 3)},
		{"split+exact", "--inverse split --curvature exact", octaves(0.025, 3)},
		{"spring", "--inverse split --memory spring:0.9", octaves(0.25, 3)},
		{"armijo", "--inverse split --line-search armijo", octaves(0.5, 3)},
		{"legacy", "--legacy", octaves(0.5, 3)},
		{"noise", "--inverse split --inverse-noise 0.1", octaves(0.25, 3)},
		{"heavy-ball", "--inverse split --memory heavy-ball:0.9", octaves(0.025, 3)},
		{"min-norm+exact", "--inverse min-norm --curvature exact", octaves(0.025, 3)},
		{"truncated", "--inverse split --rtol 1e-2", octaves(0.25, 3)},
	}
}

// octaves returns n rates from the lowest, each twice the one before.
func octaves(lowest float64, n int) []float64 {
	grid := make([]float64, n)
	for i := range grid {
		grid[i] = lowest
		lowest *= 2
	}
	return grid
}

func names(ms []method) []string {
	list := make([]string, len(ms))
	for i, m := range ms {
		list[i] = m.name
	}
	return list
}
