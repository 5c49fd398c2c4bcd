// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"

	"revgn/model"
)

// maxRefinements bounds the passes on the true residual; each costs 4Bhd operations. A well conditioned batch needs one in Float32.
const maxRefinements = 8

// refineTolerance is the residual, relative to the step's target, above which a solve is refined: a tenth of what makes a step EXACT, since a step adds up
// the residuals of its couplings.
func refineTolerance(dtype dtypes.DType) float64 {
	if dtype == dtypes.Float64 {
		return 1e-12
	}
	return 1e-5
}

// solveRows is A = Φᵀ(ΦΦᵀ + μI)⁻¹T, refined on the true residual T - ΦA until that is at the tolerance or stops falling by half.
func (f *factored) solveRows(target, scale *graph.Node) solution {
	first := f.rowIterate(target, target, model.Delta{})
	state := append([]*graph.Node{
		graph.Const(target.Graph(), int32(0)), first.norm, graph.MulScalar(first.norm, 4),
		graph.MulScalar(scale, refineTolerance(target.DType())), first.residual, target, f.phi, f.inverse,
	}, first.weights()...)
	more, pass := f.refineLoop(state)
	done := graph.While(more, pass, state...)
	end := iterate{norm: done[1], residual: done[4], delta: model.Delta{W: done[8]}}
	if f.point.Coupling.Bias != nil {
		end.delta.Bias = done[9]
	}
	return solution{
		delta: end.delta, achieved: graph.Sub(target, end.residual),
		residual: ratio(end.norm, norm(target)), refinements: done[0],
	}
}

// iterate is a current A with its residual T - ΦA.
type iterate struct {
	delta          model.Delta
	residual, norm *graph.Node
}

func (i iterate) weights() []*graph.Node {
	if i.delta.Bias == nil {
		return []*graph.Node{i.delta.W}
	}
	return []*graph.Node{i.delta.W, i.delta.Bias}
}

// rowIterate adds Φᵀ(ΦΦᵀ + μI)⁻¹r to A (nothing for the first pass) and computes the new residual.
func (f *factored) rowIterate(target, r *graph.Node, from model.Delta) iterate {
	y := f.apply(r)
	w := transposedTimes(f.phi, y)
	var b *graph.Node
	if f.point.Coupling.Bias != nil {
		b = columnSums(y)
	}
	if from.W != nil {
		w = graph.Add(from.W, w)
		if b != nil {
			b = graph.Add(from.Bias, b)
		}
	}
	residual := graph.Sub(target, graph.MatMul(f.phi, w))
	if b != nil {
		residual = graph.Sub(residual, graph.ExpandLeftToRank(b, 2))
	}
	return iterate{delta: model.Delta{W: w, Bias: b}, residual: residual, norm: frobenius(residual)}
}

// columnSums is 1ᵀy, and frobenius ‖a‖, as products: the loop's body cannot hold reductions (see eliminateColumn).
func columnSums(y *graph.Node) *graph.Node {
	g, rows := y.Graph(), y.Shape().Dim(0)
	ones := graph.BroadcastToDims(graph.Const(g, shapes.CastAsDType(1.0, y.DType())), rows)
	return graph.Dot(ones, y).General([]int{0}, nil, []int{0}, nil)
}

func frobenius(a *graph.Node) *graph.Node {
	return graph.Sqrt(graph.Dot(a, a).General([]int{0, 1}, nil, []int{0, 1}, nil))
}

// refineLoop makes the closures of the refinement's loop. State: passes, residual norm, the norm before, bound, residual, T, Φ, L⁻¹, W and b of A.
func (f *factored) refineLoop(state []*graph.Node) (more, pass *graph.Function) {
	g := state[0].Graph()
	names := []string{"passes", "norm", "before", "bound", "residual", "target", "phi", "inverse", "w", "b"}
	params := func(g *graph.Graph) []*graph.Node {
		nodes := make([]*graph.Node, len(state))
		for i, s := range state {
			nodes[i] = graph.Parameter(g, names[i], s.Shape())
		}
		return nodes
	}
	more = graph.NewClosure(g, func(g *graph.Graph) []*graph.Node {
		s := params(g)
		half := graph.Const(g, shapes.CastAsDType(0.5, s[1].DType()))
		return []*graph.Node{graph.And(
			graph.LessThan(s[0], graph.Const(g, int32(maxRefinements))),
			graph.And(graph.GreaterThan(s[1], s[3]), graph.LessThan(s[1], graph.Mul(s[2], half))),
		)}
	})
	pass = graph.NewClosure(g, func(g *graph.Graph) []*graph.Node { return f.refinePass(g, params(g)) })
	return more, pass
}

// refinePass is one turn of the loop. A pass that makes the residual worse is not kept.
func (f *factored) refinePass(g *graph.Graph, s []*graph.Node) []*graph.Node {
	local := &factored{normal: &normal{point: f.point, phi: s[6]}, inverse: s[7]}
	from := iterate{delta: model.Delta{W: s[8]}, residual: s[4], norm: s[1]}
	if f.point.Coupling.Bias != nil {
		from.delta.Bias = s[9]
	}
	to := local.rowIterate(s[5], s[4], from.delta)
	better := graph.LessThan(to.norm, s[1])
	next := []*graph.Node{
		graph.Add(s[0], graph.Const(g, int32(1))), graph.Where(better, to.norm, s[1]), s[1], s[3],
		graph.Where(better, to.residual, s[4]), s[5], s[6], s[7],
	}
	for i, w := range to.weights() {
		next = append(next, graph.Where(better, w, from.weights()[i]))
	}
	return next
}
