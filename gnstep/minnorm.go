// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"

	"revgn/internal/dense"
	"revgn/model"
)

// maxKernelIterations bounds conjugate gradients on Θ; an iteration costs 2B²d + 4BKd operations a coupling.
const maxKernelIterations = 400

// kernelTolerance is the residual, relative to u, at which they end: a fifth of what makes a step EXACT.
func kernelTolerance(dtype dtypes.DType) float64 {
	if dtype == dtypes.Float64 {
		return 1e-11
	}
	return 2e-5
}

// kernelChange is a change by the kernel: ΔZ, the tangent of the stream JΔZ, and the iterations that it took.
type kernelChange struct {
	deltas     []model.Delta
	achieved   model.Stream
	iterations *graph.Node
}

// minNorm finds the change of least Frobenius norm with JΔZ = u on the logits, ΔZ = JᵀΘ⁺u, or what a kernelProblem makes of it (docs/mathematics.md,
// section 5).
func (s *Step) minNorm(trace *model.Trace, labels *graph.Node, w *wanted) kernelChange {
	p := s.newKernelProblem(trace, labels, w)
	solve, bound := s.kernelSolverFor(p), graph.MulScalar(dense.Norm(p.rhs), kernelTolerance(p.rhs.DType()))
	var total *graph.Node
	c := kernelChange{iterations: graph.Const(p.rhs.Graph(), int32(0))}
	left := p.rhs
	for range 1 + kernelCorrections {
		found, iterations := solve(left, bound)
		total = sum(total, found)
		c.iterations = graph.Add(c.iterations, iterations)
		c.deltas = realise(trace, p.parts, p.cotangent(total))
		c.achieved = trace.Tangent(nil, c.deltas)
		left = graph.Sub(p.rhs, p.ridge.add(p.seen(trace.Net.Readout(c.achieved)), total))
	}
	if p.known != nil {
		c.deltas, c.achieved = added(c.deltas, p.known.deltas), c.achieved.Plus(p.known.tangent)
	}
	return c
}

// kernelCorrections is how often what the true JΔZ leaves of the right-hand side is solved for again. The residual that an iteration carries along knows
// nothing of the rounding of the Gram matrices, which the condition of Θ multiplies.
const kernelCorrections = 1

// realise is Jᵀs for s (B, K).
func realise(trace *model.Trace, parts []kernelPart, s *graph.Node) []model.Delta {
	var deltas []model.Delta
	for c, p := range trace.Points() {
		deltas = append(deltas, p.WeightAdjoint(parts[c].expand(s)))
	}
	return deltas
}

// kernelIterate is the state of conjugate gradients for Θs = u: s, the residual r, the direction p (B, K each), and r·M⁻¹r.
type kernelIterate struct {
	iterations, norm, bound *graph.Node
	s, r, p, product        *graph.Node
	by                      preconditioner
	problem                 *kernelProblem
}

// solveKernel finds s with ‖(Θ + ridge)s - u‖ below the bound, or as near as maxKernelIterations come.
func solveKernel(p *kernelProblem, by preconditioner, u, bound *graph.Node) kernelIterate {
	g := u.Graph()
	start := kernelIterate{
		iterations: graph.Const(g, int32(0)), norm: dense.Frobenius(u), bound: bound, s: graph.ZerosLike(u), r: u,
		by: by, problem: p,
	}
	start.p = by.solve(u)
	start.product = dense.Inner(u, start.p)

	state := start.state()
	params := func(g *graph.Graph) kernelIterate {
		nodes := make([]*graph.Node, len(state))
		for i, n := range state {
			nodes[i] = graph.Parameter(g, g.UniqueName("kernel"), n.Shape())
		}
		return start.read(nodes)
	}
	more := graph.NewClosure(g, func(g *graph.Graph) []*graph.Node {
		i := params(g)
		return []*graph.Node{graph.And(graph.GreaterThan(i.norm, i.bound), graph.LessThan(i.iterations, graph.Const(g, int32(maxKernelIterations))))}
	})
	pass := graph.NewClosure(g, func(g *graph.Graph) []*graph.Node { return params(g).next(g).state() })
	return start.read(graph.While(more, pass, state...))
}

// next is one iteration, with Polak and Ribière's β, which forgives a preconditioned residual that rounding has bent.
func (i kernelIterate) next(g *graph.Graph) kernelIterate {
	image := i.problem.times(i.p)
	alpha := dense.SafeDiv(i.product, dense.Inner(i.p, image))
	to := i
	to.s = graph.Add(i.s, dense.Scaled(i.p, alpha))
	to.r = graph.Sub(i.r, dense.Scaled(image, alpha))
	z := i.by.solve(to.r)
	beta := dense.SafeDiv(dense.Inner(z, graph.Sub(to.r, i.r)), i.product)
	to.p = graph.Add(z, dense.Scaled(i.p, beta))
	to.product = dense.Inner(z, to.r)
	to.norm = dense.Frobenius(to.r)
	to.iterations = graph.Add(i.iterations, graph.Const(g, int32(1)))
	return to
}

// state lists the parts of the iterate, those of the problem last.
func (i kernelIterate) state() []*graph.Node {
	nodes := []*graph.Node{i.iterations, i.norm, i.bound, i.s, i.r, i.p, i.product, i.by.inverse}
	return append(nodes, i.problem.nodes()...)
}

// read takes a state apart that has the parts of i.
func (i kernelIterate) read(n []*graph.Node) kernelIterate {
	to := kernelIterate{iterations: n[0], norm: n[1], bound: n[2], s: n[3], r: n[4], p: n[5], product: n[6], problem: i.problem.read(n[8:])}
	to.by = to.problem.preconditionedBy(n[7])
	return to
}
