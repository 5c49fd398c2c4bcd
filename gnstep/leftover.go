// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"

	"revgn/model"
)

// throughG is DG(y1)[ṗ1] of block l, for ṗ1 = t1 - r with the r that F left of its target. In the top block DG(y1)[t1] is known from the way down, so that
// only DG(y1)[r] is missing, which is made where it could matter. In the blocks below, what is left out would go through every block above.
func (w *sweep) throughG(l int, p1, r *graph.Node) *graph.Node {
	g := w.trace.Blocks[l].G
	if l < len(w.trace.Blocks)-1 || !w.step.knowsTopTangent(r.Shape().Dim(0)) {
		return g.Tangent(p1)
	}
	bound := g.TangentBound(r, normAt(w.step.vars, r.Graph(), 2*l+1, r.DType()))
	left, omitted := tangentOver(g, r, bound, graph.MulScalar(w.scale, refineTolerance(r.DType())))
	w.omitted = omitted
	return graph.Sub(graph.MulScalar(w.pulled, w.step.cumulative(l)), left)
}

// pullsBackThroughTop tells whether the sweep takes its target down through the top block's G, and G is no identity coupling, through which a tangent costs
// next to nothing.
func (s *Step) pullsBackThroughTop() bool {
	c := s.vars.Config
	return s.opts.Inverse != MinNorm && s.opts.Carry && s.anyChangeBelow(c.Blocks-1) && c.ActivationOf(c.Couplings()-1) != model.Identity
}

// knowsTopTangent tells whether, beside that, F can leave next to nothing of its target: Φ can have full row rank and nothing keeps the solve from using it.
func (s *Step) knowsTopTangent(batch int) bool {
	c := s.vars.Config
	return s.pullsBackThroughTop() && formOf(c, c.Couplings()-2, batch) == rowForm && s.opts.Damping.Value == 0 && s.opts.cutOf(c.DType, batch, c.Hidden) == nil
}

// tangentOver is DF(x)[a], a (B, d), where its bound, a scalar no less than its norm, is over the limit; else zero, and omitted is the bound. A loop of one
// turn or none stands in for a condition.
func tangentOver(p *model.Point, a, bound, limit *graph.Node) (tangent, omitted *graph.Node) {
	g := a.Graph()
	state := append([]*graph.Node{graph.Const(g, int32(0)), bound, limit, a, graph.ZerosLike(a)}, p.TangentNodes()...)
	params := func(g *graph.Graph) []*graph.Node {
		nodes := make([]*graph.Node, len(state))
		for i, s := range state {
			nodes[i] = graph.Parameter(g, fmt.Sprintf("leftover%d", i), s.Shape())
		}
		return nodes
	}
	more := graph.NewClosure(g, func(g *graph.Graph) []*graph.Node {
		n := params(g)
		return []*graph.Node{graph.And(graph.LessThan(n[0], graph.Const(g, int32(1))), graph.GreaterThan(n[1], n[2]))}
	})
	turn := graph.NewClosure(g, func(g *graph.Graph) []*graph.Node {
		n := params(g)
		made := p.TangentOf(n[5:]).Tangent(n[3])
		return append([]*graph.Node{graph.Const(g, int32(1)), n[1], n[2], n[3], made}, n[5:]...)
	})
	end := graph.While(more, turn, state...)
	made := graph.GreaterThan(graph.ConvertDType(end[0], dtypes.Float32), graph.Const(g, float32(0)))
	return end[4], graph.Where(made, graph.Const(g, shapes.CastAsDType(0.0, bound.DType())), bound)
}
