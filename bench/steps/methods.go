// SPDX-License-Identifier: Apache-2.0

package main

// method is one row of the table.
type method struct {
	name  string    // as the table shows it and --only takes it: no blanks, no commas
	flags string    // of revgn train, without the rate; no flag here holds a blank
	grid  []float64 // learning rates, ascending; one alone is fixed and never extended
	top   float64   // no rate above it is tried; 0: any may be
}

// methods is the family and the baselines. Grids go up by factors of two, as fine for the one as for the other; each holds the published rate where there is
// one, and how far it reaches matters little, for it is extended where the best lies at its edge. An exact curvature asks for changes of the logits about K times
// as long as the identity's at the start, so that its rates are lower.
func methods() []method {
	return []method{
		{name: "split", flags: "--inverse split", grid: octaves(0.25, 3)},
		{name: "last", flags: "--inverse last", grid: octaves(0.25, 3)},
		{name: "first", flags: "--inverse first", grid: octaves(0.25, 3)},
		{name: "sgd", flags: "--optimizer sgd", grid: octaves(0.1, 3)},
		{name: "momentum", flags: "--optimizer momentum", grid: octaves(0.02, 3)},
		{name: "adam", flags: "--optimizer adam", grid: octaves(2e-4, 3)},
		{name: "adamw", flags: "--optimizer adamw", grid: octaves(2e-4, 3)},
		{name: "muon", flags: "--optimizer muon", grid: octaves(0.02, 3)},
		{name: "kfac", flags: "--optimizer kfac", grid: octaves(0.25, 3)},
		{name: "min-norm", flags: "--inverse min-norm", grid: octaves(0.5, 3)},
		// Beyond rate 1 the weights grow so that conjugate gradients stop at their bound, 400 iterations for each of two solves, and a step takes a minute.
		{name: "mix:0.5", flags: "--inverse mix:0.5", grid: octaves(0.25, 3), top: 1},
		{name: "linearised", flags: "--inverse split --linearised", grid: octaves(0.25, 3)},
		{name: "egn", flags: "--inverse min-norm --curvature exact --damping rel:0.1", grid: octaves(0.2, 3)},
		{name: "lm", flags: "--inverse split --damping rel:1e-3 --damping-schedule lm", grid: octaves(0.5, 3)},
		{name: "tikhonov", flags: "--inverse split --damping rel:1e-3", grid: octaves(0.5, 3)},
		{name: "split+damped", flags: "--inverse split --curvature damped --curvature-damping 0.1", grid: octaves(0.05, 3)},
		{name: "split+exact", flags: "--inverse split --curvature exact", grid: octaves(0.025, 3)},
		{name: "spring", flags: "--inverse split --memory spring:0.9", grid: octaves(0.25, 3)},
		{name: "armijo", flags: "--inverse split --line-search armijo", grid: octaves(0.5, 3)},
		{name: "legacy", flags: "--legacy", grid: octaves(0.5, 3)},
		{name: "noise", flags: "--inverse split --inverse-noise 0.1", grid: octaves(0.25, 3)},
		{name: "heavy-ball", flags: "--inverse split --memory heavy-ball:0.9", grid: octaves(0.025, 3)},
		{name: "min-norm+exact", flags: "--inverse min-norm --curvature exact", grid: octaves(0.025, 3)},
		{name: "truncated", flags: "--inverse split --rtol 1e-2", grid: octaves(0.25, 3)},
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
