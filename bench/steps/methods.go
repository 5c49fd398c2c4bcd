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
		{"split", "--inverse split", octaves(0.1, 4)},
		{"last", "--inverse last", octaves(0.1, 4)},
		{"first", "--inverse first", octaves(0.1, 4)},
		{"min-norm", "--inverse min-norm", octaves(0.1, 4)},
		{"mix:0.5", "--inverse mix:0.5", octaves(0.1, 4)},
		{"split+exact", "--inverse split --curvature exact", octaves(0.0125, 4)},
		{"split+damped", "--inverse split --curvature damped --curvature-damping 0.1", octaves(0.025, 4)},
		{"min-norm+exact", "--inverse min-norm --curvature exact", octaves(0.0125, 4)},
		{"legacy", "--legacy", octaves(0.1, 4)},
		{"truncated", "--inverse split --rtol 1e-2", octaves(0.1, 4)},
		{"tikhonov", "--inverse split --damping rel:1e-3", octaves(0.1, 4)},
		{"egn", "--inverse min-norm --curvature exact --damping rel:1e-2", octaves(0.0125, 4)},
		{"lm", "--inverse split --damping rel:1e-3 --damping-schedule lm", octaves(0.1, 4)},
		{"armijo", "--inverse split --line-search armijo", octaves(0.1, 4)},
		{"heavy-ball", "--inverse min-norm --memory heavy-ball:0.9", octaves(0.05, 4)},
		{"spring", "--inverse min-norm --memory spring:0.9", octaves(0.1, 4)},
		{"noise", "--inverse split --inverse-noise 0.1", octaves(0.1, 4)},
		{"linearised", "--inverse split --linearised", octaves(0.1, 4)},
		{"sgd", "--optimizer sgd", octaves(0.1, 4)},
		{"momentum", "--optimizer momentum", octaves(0.02, 4)},
		{"adam", "--optimizer adam", octaves(1e-4, 4)},
		{"adamw", "--optimizer adamw", octaves(1e-4, 4)},
		{"muon", "--optimizer muon", octaves(0.01, 4)},
		{"kfac", "--optimizer kfac", octaves(0.25, 4)},
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
