// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"

	"revgn/internal/dense"
	"revgn/model"
)

// maxRefinements bounds the passes on the residual; each costs 4Bhd operations. A well conditioned batch needs one in Float32.
const maxRefinements = 16

// refineTolerance is the residual, relative to the step's target, above which a solve is refined: a tenth of what makes a step EXACT, since a step adds up
// the residuals of its couplings.
func refineTolerance(dtype dtypes.DType) float64 {
	if dtype == dtypes.Float64 {
		return 1e-12
	}
	return 1e-5
}

// refineKept is the share of its residual that a pass may at most leave for its result to be kept and another one to be made. A direction of Φ at the eps-level
// cut, σ = ε·max(B, h)·σmax, has σ² near 2μ in Float32, and a pass leaves a third of what lies there: where more is left it lies in directions that are zero
// to the dtype, and a step that insists on them wrecks the network.
const refineKept = 1. / 3

// The names of an iterate's parts in the loop's state, in order; b comes last, for it may be absent.
var stateNames = []string{"passes", "norm", "before", "bound", "target", "phi", "mu", "inverse", "residual", "direction", "image", "w", "b"}

// iterate is one iterate of the conjugate residual method for ΦΦᵀY = T, preconditioned by (ΦΦᵀ + μI)⁻¹ and carried as A = ΦᵀY. Every column of T is a
// problem of its own. Each pass goes as far along its direction as makes the residual smallest, so that it never grows, whatever part of T is out of reach.
// The factored Gram matrix serves to find directions and lengths; the residual is the true one, T - ΦA of the A in hand.
type iterate struct {
	passes, norm, before, bound *graph.Node // scalars: passes after the first, ‖R‖, ‖R‖ a pass ago, ‖R‖ that is good enough
	target, phi, mu, inverse    *graph.Node // T (B,d), Φ (B,h) or its slabs, μ, L⁻¹ (B,B) of ΦΦᵀ + μI
	residual, direction, image  *graph.Node // R, P, ΦΦᵀP (B,d)
	again                       *graph.Node // what the last direction has to go further (B,d), not part of the state
	delta                       model.Delta // A
}

// solveRows is A = ΦᵀY with ΦΦᵀY = T, until the residual is at the tolerance or hardly falls. The first pass alone is A = Φᵀ(ΦΦᵀ + μI)⁻¹T up to the length
// of each column; where Φ has full row rank well above μ the second is exact to rounding.
func (f *factored) solveRows(target, scale *graph.Node) solution {
	g, bias := target.Graph(), f.point.Coupling.Bias != nil
	start := iterate{
		passes: graph.Const(g, int32(0)), bound: graph.MulScalar(scale, refineTolerance(target.DType())),
		target: target, phi: dense.Slabs(f.phi), mu: f.mu, inverse: f.inverse, residual: target,
	}
	first := start.turn().advance(bias)
	first.before = dense.Frobenius(target)

	state := first.state()
	more, pass := refineLoop(g, state)
	end := readState(graph.While(more, pass, state...))
	return solution{
		delta: end.delta, achieved: graph.Sub(target, end.residual), left: end.residual,
		residual: dense.Ratio(end.norm, dense.Norm(target)), refinements: end.passes,
	}
}

// turn makes the next direction: Z = (ΦΦᵀ + μI)⁻¹R, P ← Z + βP with the β that makes its image orthogonal to the image of the last one. The image of Z is
// R - μZ, by what Z is, without a product. The last direction was gone along by the length that its image asked for; what the true residual still has of that
// image, which is what rounding put into the Gram matrix, is made up for, since the new direction leaves it alone.
func (i iterate) turn() iterate {
	next := i
	next.direction = dense.SolveWith(i.inverse, i.residual)
	next.image = graph.Sub(i.residual, dense.Scaled(next.direction, i.mu))
	if i.direction == nil {
		return next
	}
	beta := graph.ExpandAxes(i.lengthOf(next.image), 0)
	next.again = graph.Mul(i.direction, graph.ExpandAxes(i.lengthOf(i.residual), 0))
	next.direction = graph.Sub(next.direction, graph.Mul(beta, i.direction))
	next.image = graph.Sub(next.image, graph.Mul(beta, i.image))
	return next
}

// lengthOf is, for each column, the multiple of the image that is nearest to a.
func (i iterate) lengthOf(a *graph.Node) *graph.Node {
	return dense.SafeDiv(dense.ColumnDots(a, i.image), dense.ColumnDots(i.image, i.image))
}

// advance moves A along P, and the direction before it, by the lengths that minimise each column's residual, and computes the true residual there.
func (i iterate) advance(bias bool) iterate {
	along := sum(graph.Mul(i.direction, graph.ExpandAxes(i.lengthOf(i.residual), 0)), i.again)
	next := i
	next.delta.W = sum(i.delta.W, dense.TallTimes(i.phi, along))
	next.residual = graph.Sub(i.target, dense.WideTimes(i.phi, next.delta.W))
	if bias {
		next.delta.Bias = sum(i.delta.Bias, dense.ColumnSums(along))
		next.residual = graph.Sub(next.residual, graph.ExpandAxes(next.delta.Bias, 0))
	}
	next.norm = dense.Frobenius(next.residual)
	return next
}

// refineLoop makes the closures of the loop over passes. They see nothing of the graph around them, so all that they use is in the state.
func refineLoop(g *graph.Graph, state []*graph.Node) (more, pass *graph.Function) {
	params := func(g *graph.Graph) iterate {
		nodes := make([]*graph.Node, len(state))
		for i, s := range state {
			nodes[i] = graph.Parameter(g, stateNames[i], s.Shape())
		}
		return readState(nodes)
	}
	more = graph.NewClosure(g, func(g *graph.Graph) []*graph.Node {
		i := params(g)
		falling := graph.LessThan(i.norm, dense.Scaled(i.before, graph.Const(g, shapes.CastAsDType(refineKept, i.norm.DType()))))
		unfinished := graph.And(graph.GreaterThan(i.norm, i.bound), falling)
		return []*graph.Node{graph.And(unfinished, graph.LessThan(i.passes, graph.Const(g, int32(maxRefinements))))}
	})
	pass = graph.NewClosure(g, func(g *graph.Graph) []*graph.Node {
		i := params(g)
		return refinePass(g, i).state()
	})
	return more, pass
}

// refinePass is one turn of the loop. A pass that leaves more than refineKept of the residual is not kept, and ends the loop.
func refinePass(g *graph.Graph, from iterate) iterate {
	to := from.turn().advance(from.delta.Bias != nil)
	better := graph.LessThan(to.norm, dense.Scaled(from.norm, graph.Const(g, shapes.CastAsDType(refineKept, from.norm.DType()))))
	keep := func(new, old *graph.Node) *graph.Node {
		if new == nil {
			return nil
		}
		return graph.Where(better, new, old)
	}
	to.delta = model.Delta{W: keep(to.delta.W, from.delta.W), Bias: keep(to.delta.Bias, from.delta.Bias)}
	to.residual, to.norm, to.before = keep(to.residual, from.residual), keep(to.norm, from.norm), from.norm
	to.passes = graph.Add(from.passes, graph.Const(g, int32(1)))
	return to
}

// state lists the parts in the order of stateNames.
func (i iterate) state() []*graph.Node {
	nodes := []*graph.Node{i.passes, i.norm, i.before, i.bound, i.target, i.phi, i.mu, i.inverse, i.residual, i.direction, i.image, i.delta.W}
	if i.delta.Bias != nil {
		nodes = append(nodes, i.delta.Bias)
	}
	return nodes
}

// readState is the inverse of state.
func readState(s []*graph.Node) iterate {
	i := iterate{
		passes: s[0], norm: s[1], before: s[2], bound: s[3], target: s[4], phi: s[5], mu: s[6], inverse: s[7],
		residual: s[8], direction: s[9], image: s[10], delta: model.Delta{W: s[11]},
	}
	if len(s) > 12 {
		i.delta.Bias = s[12]
	}
	return i
}
