// SPDX-License-Identifier: Apache-2.0

package verify

import "revgn/model"

// Problems lists the problems: 1 to 6 blocks, every activation, with and without a bias, both losses, shares equal, first, last and given, and a batch below,
// at and above the rank of Φ. "large" is large enough for the recursive factorisation and for the tiled Gram matrix. Seeds are such that no activation sits
// on a kink, and Φ has rank B in Float32 too where a problem is Exact and not Singular; the tests hold both.
func Problems() []Problem {
	ce, mse := model.CrossEntropy, model.SquaredError
	return []Problem{
		{Name: "identity at its rank, L=1", Width: 32, Blocks: 1, Hidden: 24, Classes: 5, Batch: 17, First: model.Identity, Act: model.Identity, Bias: true,
			Loss: ce, Exact: true, Quick: true, Seed: 1},
		{Name: "paper, blank columns, L=2", Width: 16, Blocks: 2, Hidden: 48, Classes: 5, Batch: 30, First: model.Identity, Act: model.ReLU, Bias: true,
			Loss: ce, Inputs: Blank, Exact: true, Quick: true, Seed: 2},
		{Name: "at its rank, L=3", Width: 16, Blocks: 3, Hidden: 24, Classes: 4, Batch: 24, First: model.LeakyReLU, Act: model.LeakyReLU,
			Loss: mse, Shares: []float64{0.5, 0.2, 0.3}, Exact: true, Singular: true, Seed: 3},
		{Name: "last block, L=4", Width: 12, Blocks: 4, Hidden: 40, Classes: 3, Batch: 20, First: model.Identity, Act: model.SiLU, Bias: true,
			Loss: ce, Shares: []float64{0, 0, 0, 1}, Exact: true, Seed: 4},
		{Name: "first block, L=5", Width: 12, Blocks: 5, Hidden: 40, Classes: 3, Batch: 16, First: model.Tanh, Act: model.GELU, Bias: true,
			Loss: mse, Shares: []float64{1, 0, 0, 0, 0}, Exact: true, Seed: 5},
		{Name: "relu, L=6", Width: 8, Blocks: 6, Hidden: 32, Classes: 3, Batch: 16, First: model.ReLU, Act: model.ReLU,
			Loss: ce, Exact: true, Seed: 6},
		{Name: "plain tanh, L=2", Width: 12, Blocks: 2, Hidden: 40, Classes: 3, Batch: 16, First: model.Tanh, Act: model.Tanh, Bias: true,
			Loss: ce, Shares: []float64{0.25, 0.75}, Plain: true, Exact: true, Quick: true, Seed: 7},
		{Name: "plain, deficient, L=2", Width: 12, Blocks: 2, Hidden: 40, Classes: 4, Batch: 20, First: model.Identity, Act: model.ReLU, Bias: true,
			Loss: mse, Plain: true, Seed: 8},
		{Name: "projection, L=2", Width: 32, Blocks: 2, Hidden: 12, Classes: 5, Batch: 40, First: model.Identity, Act: model.GELU, Bias: true,
			Loss: ce, Quick: true, Seed: 9},
		{Name: "decaying inputs, L=1", Width: 16, Blocks: 1, Hidden: 40, Classes: 4, Batch: 24, First: model.Identity, Act: model.Identity, Bias: true,
			Loss: ce, Inputs: Decaying, Seed: 10},
		{Name: "large, L=1", Width: 16, Blocks: 1, Hidden: 190, Classes: 3, Batch: 128, First: model.ReLU, Act: model.ReLU, Bias: true,
			Loss: ce, Exact: true, Seed: 56},
	}
}

// quick keeps the problems of the quick subset.
func quick(all []Problem) []Problem {
	var some []Problem
	for _, p := range all {
		if p.Quick {
			some = append(some, p)
		}
	}
	return some
}
