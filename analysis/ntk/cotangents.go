// SPDX-License-Identifier: Apache-2.0

package ntk

import (
	"github.com/gomlx/gomlx/core/graph"

	"revgn/model"
)

// cotangents are those of half a stream for every class: (K, B, d), or (K, d) where they are the same for every sample.
type cotangents struct{ node *graph.Node }

func (a cotangents) same() bool { return a.node.Rank() == 2 }

// plus is a + b.
func (a cotangents) plus(b cotangents) cotangents {
	switch {
	case a.same() == b.same():
		return cotangents{graph.Add(a.node, b.node)}
	case a.same():
		return b.plus(a)
	}
	return cotangents{graph.Add(a.node, graph.ExpandAxes(b.node, 1))}
}

// through is DF(x)ᵀ of all classes in one product. What is the same for every sample stays so through an identity coupling.
func (a cotangents) through(p *model.Point) cotangents {
	switch {
	case a.same() && p.Coupling.Act == model.Identity:
		return cotangents{p.Adjoint(a.node)}
	case a.same():
		return cotangents{p.AdjointsOfRows(a.node)}
	}
	return cotangents{p.Adjoints(a.node)}
}

// allCotangents are δ_c of every coupling, from K adjoint passes seeded with the columns of U that go together.
func allCotangents(trace *model.Trace) []cotangents {
	u := trace.Net.U
	d := u.Shape().Dim(0) / 2
	seed := func(rows graph.SliceAxisSpec) cotangents {
		return cotangents{graph.Transpose(graph.Slice(u, rows), 0, 1)}
	}
	a, b := seed(graph.AxisRange(0, d)), seed(graph.AxisRange(d))
	deltas := make([]cotangents, 2*len(trace.Blocks))
	for l := len(trace.Blocks) - 1; l >= 0; l-- {
		block := trace.Blocks[l]
		deltas[2*l+1] = b
		a = a.plus(b.through(block.G))
		deltas[2*l] = a
		if l > 0 {
			b = b.plus(a.through(block.F))
		}
	}
	return deltas
}
