// SPDX-License-Identifier: Apache-2.0

package problem

import "revgn/model"

// Problem is a network and a batch small enough for dense linear algebra. Symbols are those of docs/mathematics.md.
type Problem struct {
	Name                           string
	Width, Blocks, Hidden, Classes int
	First, Act                     model.Activation // of block 0 and of the others
	Bias                           bool
	Loss                           model.Loss
	Rows                           int // B
	Seed                           uint64
	Exact                          bool    // the rank condition of section 7 holds with carrying: the top block's Φ have rank B
	Singular                       bool    // Gm is singular to rounding in Float32, so there ΔZ is not determined by it
	Compiled                       bool    // also run where Each leaves out most problems because they take seconds to compile
	Deep                           bool    // left out in -short
	Scale                          float64 // the output scale; 0 stands for 1
	Linearised                     bool    // at the weights it starts from, which the drawn ones are not
}

// Table lists the problems: every activation, with and without a bias, both losses, 1 to 6 blocks, and a batch below, at and above what Φ can have as rank.
func Table() []Problem {
	return []Problem{
		{Name: "paper", Width: 8, Blocks: 2, Hidden: 40, Classes: 3, First: model.Identity, Act: model.ReLU, Bias: true,
			Loss: model.CrossEntropy, Rows: 24, Seed: 1, Exact: true, Compiled: true},
		{Name: "paper without bias", Width: 8, Blocks: 2, Hidden: 40, Classes: 3, First: model.Identity, Act: model.ReLU,
			Loss: model.CrossEntropy, Rows: 20, Seed: 2, Exact: true},
		{Name: "one block", Width: 8, Blocks: 1, Hidden: 60, Classes: 8, First: model.ReLU, Act: model.ReLU, Bias: true,
			Loss: model.SquaredError, Rows: 20, Seed: 3, Exact: true},
		{Name: "one identity block at its rank", Width: 16, Blocks: 1, Hidden: 24, Classes: 5, First: model.Identity, Act: model.Identity, Bias: true,
			Loss: model.CrossEntropy, Rows: 9, Seed: 4, Exact: true},
		{Name: "one identity block above its rank", Width: 16, Blocks: 1, Hidden: 24, Classes: 5, First: model.Identity, Act: model.Identity,
			Loss: model.SquaredError, Rows: 12, Seed: 5},
		{Name: "tanh, three blocks", Width: 16, Blocks: 3, Hidden: 48, Classes: 8, First: model.Tanh, Act: model.Tanh,
			Loss: model.SquaredError, Rows: 12, Seed: 6, Exact: true},
		{Name: "gelu", Width: 10, Blocks: 2, Hidden: 48, Classes: 2, First: model.Identity, Act: model.GELU, Bias: true,
			Loss: model.CrossEntropy, Rows: 16, Seed: 7, Exact: true},
		{Name: "silu, four blocks", Width: 8, Blocks: 4, Hidden: 48, Classes: 3, First: model.SiLU, Act: model.SiLU, Bias: true,
			Loss: model.CrossEntropy, Rows: 12, Seed: 8, Exact: true},
		{Name: "leaky ReLU", Width: 8, Blocks: 2, Hidden: 48, Classes: 3, First: model.LeakyReLU, Act: model.LeakyReLU,
			Loss: model.SquaredError, Rows: 16, Seed: 9, Exact: true, Compiled: true},
		{Name: "as many features as samples", Width: 16, Blocks: 2, Hidden: 19, Classes: 3, First: model.ReLU, Act: model.ReLU, Bias: true,
			Loss: model.CrossEntropy, Rows: 20, Seed: 10, Singular: true},
		{Name: "fewer features than samples", Width: 8, Blocks: 2, Hidden: 11, Classes: 3, First: model.ReLU, Act: model.ReLU, Bias: true,
			Loss: model.CrossEntropy, Rows: 24, Seed: 11, Compiled: true},
		{Name: "fewer features than samples, no bias", Width: 8, Blocks: 2, Hidden: 11, Classes: 3, First: model.ReLU, Act: model.Tanh,
			Loss: model.SquaredError, Rows: 24, Seed: 12},
		{Name: "identity block narrower than its half", Width: 16, Blocks: 2, Hidden: 6, Classes: 3, First: model.Identity, Act: model.ReLU, Bias: true,
			Loss: model.CrossEntropy, Rows: 5, Seed: 13},
		{Name: "identity block narrower than its half, more samples", Width: 16, Blocks: 2, Hidden: 6, Classes: 3, First: model.Identity, Act: model.ReLU, Bias: true,
			Loss: model.CrossEntropy, Rows: 12, Seed: 14},
		{Name: "six blocks", Width: 6, Blocks: 6, Hidden: 40, Classes: 3, First: model.Identity, Act: model.ReLU, Bias: true,
			Loss: model.CrossEntropy, Rows: 12, Seed: 15, Exact: true, Deep: true},
	}
}

// Controls lists problems whose network is tied to the weights it starts from: scaled down and up, linearised, and both. They stand apart from Table because
// what holds of the inverse of a network does not hold of them.
func Controls() []Problem {
	paper, deep := Named("paper"), Named("silu, four blocks")
	var list []Problem
	for _, c := range []struct {
		name       string
		p          Problem
		scale      float64
		linearised bool
	}{
		{"scale 0.1", paper, 0.1, false}, {"scale 10", deep, 10, false}, {"linearised", paper, 0, true}, {"linearised, scale 10", deep, 10, true},
	} {
		p := c.p
		p.Name, p.Scale, p.Linearised = p.Name+", "+c.name, c.scale, c.linearised
		list = append(list, p)
	}
	return list
}

// Named returns the problem of that name; it panics on a name that the table lacks, since names are written in tests.
func Named(name string) Problem {
	for _, p := range Table() {
		if p.Name == name {
			return p
		}
	}
	panic("no problem is called " + name)
}
