// SPDX-License-Identifier: Apache-2.0

package cka

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"revgn/analysis/sites"
	"revgn/internal/dense"
	"revgn/model"
)

// function builds a graph on the variables of a store, as devices.Function.
type function = func(*gomlx.Scope, []*graph.Node) []*graph.Node

// gramsOf is the graph of the kernel matrices of sites on x (n, D): an (n, n) Float64 each.
func gramsOf(vars *model.Variables, list []sites.Site) function {
	return func(_ *gomlx.Scope, in []*graph.Node) []*graph.Node {
		trace := vars.Network(in[0].Graph()).At(in[0])
		grams := make([]*graph.Node, len(list))
		for i, site := range list {
			grams[i] = gram(sites.Of(trace, site))
		}
		return grams
	}
}

// gram is XXᵀ of X (n, p) with centred columns, in Float64. What differs from its column's mean by rounding alone counts as equal to it.
func gram(x *graph.Node) *graph.Node {
	x = graph.ConvertDType(x, dtypes.Float64)
	mean := graph.ReduceAndKeep(x, graph.ReduceMean, 0)
	centred := graph.Sub(x, mean)
	equal := graph.LessOrEqual(graph.Abs(centred), graph.MulScalar(graph.Abs(mean), rounding))
	k := dense.Gram(graph.Where(equal, graph.ZerosLike(centred), centred))
	k.AssertDims(x.Shape().Dim(0), x.Shape().Dim(0))
	return k
}

// LastStream is the graph of the kernel matrix (n, n), Float64, of the stream after the last block on x (n, D), for who has a network in training: Watch compares
// what it gives.
func LastStream(vars *model.Variables) func(*gomlx.Scope, []*graph.Node) []*graph.Node {
	last := model.CouplingName(vars.Config.Couplings() - 1)
	return gramsOf(vars, []sites.Site{{Name: last, Coupling: vars.Config.Couplings() - 1, Kind: sites.Stream}})
}
