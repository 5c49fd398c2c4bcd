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

// minNorm finds the change of least Frobenius norm with JΔZ = u on the logits, ΔZ = JᵀΘ⁺u (docs/mathematics.md, section 5). Θs = u is solved by a
// Cholesky factor of Θ where that is small, else by conjugate gradients, preconditioned by a Cholesky factor of the B x B sum of the Gram matrices: at small W,
// Θ is close to Σ_c K_c ⊗ U_halfᵀU_half, and the halves of UᵀU = I are each close to I/2.
func (s *Step) minNorm(trace *model.Trace, u *graph.Node) kernelChange {
	parts := s.kernelParts(trace)
	solve, bound := s.opts.kernelSolverFor(parts, u), graph.MulScalar(dense.Norm(u), kernelTolerance(u.DType()))
	var total *graph.Node
	c := kernelChange{iterations: graph.Const(u.Graph(), int32(0))}
	left := u
	for range 1 + kernelCorrections {
		found, iterations := solve(left, bound)
		total = sum(total, found)
		c.iterations = graph.Add(c.iterations, iterations)
		c.deltas = realise(trace, parts, total)
		c.achieved = trace.Tangent(nil, c.deltas)
		left = graph.Sub(u, trace.Net.Readout(c.achieved))
	}
	return c
}

// kernelCorrections is how often what is left of u, u - JΔZ, is solved for again. The residual that an iteration carries along knows nothing of the rounding
// of the Gram matrices, which the condition of Θ multiplies.
const kernelCorrections = 1

// realise is Jᵀs for s (B, K).
func realise(trace *model.Trace, parts []kernelPart, s *graph.Node) []model.Delta {
	var deltas []model.Delta
	for c, p := range trace.Points() {
		deltas = append(deltas, p.WeightAdjoint(parts[c].expand(s)))
	}
	return deltas
}

// kernelParts are the Gram matrices and the cotangents of every coupling.
func (s *Step) kernelParts(trace *model.Trace) []kernelPart {
	var parts []kernelPart
	deltas := Cotangents(trace)
	for c, p := range trace.Points() {
		parts = append(parts, kernelPart{gram: s.featureGram(c, p), delta: deltas[c]})
	}
	return parts
}

// featureGram is ΦΦᵀ of a coupling, (B, B).
func (s *Step) featureGram(coupling int, p *model.Point) *graph.Node {
	if formOf(s.vars.Config, coupling, 1) == identityForm {
		x := whitened(p, frozenAt(s.vars, p.X.Graph(), coupling).l)
		return graph.ConvertDType(dense.Gram(x), p.X.DType())
	}
	return rowGram(featuresOf(p), p.Coupling.Bias != nil)
}

// kernelIterate is the state of conjugate gradients for Θs = u: s, the residual r, the direction p (B, K each), and r·M⁻¹r.
type kernelIterate struct {
	iterations, norm, bound *graph.Node
	s, r, p, product        *graph.Node
	inverse                 *graph.Node // L⁻¹ (B, B) of the preconditioner
	parts                   []kernelPart
}

// solveKernel finds s with ‖Θs - u‖ below the bound, or as near as maxKernelIterations come; inverse is the preconditioner's factor.
func solveKernel(parts []kernelPart, inverse, u, bound *graph.Node) kernelIterate {
	g := u.Graph()
	start := kernelIterate{
		iterations: graph.Const(g, int32(0)), norm: dense.Frobenius(u), bound: bound, s: graph.ZerosLike(u), r: u,
		inverse: inverse, parts: parts,
	}
	start.p = dense.SolveWith(start.inverse, u)
	start.product = dense.Inner(u, start.p)

	state := start.state()
	params := func(g *graph.Graph) kernelIterate {
		nodes := make([]*graph.Node, len(state))
		for i, n := range state {
			nodes[i] = graph.Parameter(g, g.UniqueName("kernel"), n.Shape())
		}
		return readKernelState(nodes)
	}
	more := graph.NewClosure(g, func(g *graph.Graph) []*graph.Node {
		i := params(g)
		return []*graph.Node{graph.And(graph.GreaterThan(i.norm, i.bound), graph.LessThan(i.iterations, graph.Const(g, int32(maxKernelIterations))))}
	})
	pass := graph.NewClosure(g, func(g *graph.Graph) []*graph.Node { return params(g).next(g).state() })
	return readKernelState(graph.While(more, pass, state...))
}

// next is one iteration, with Polak and Ribière's β, which forgives a preconditioned residual that rounding has bent.
func (i kernelIterate) next(g *graph.Graph) kernelIterate {
	image := kernelTimes(i.parts, i.p)
	alpha := dense.SafeDiv(i.product, dense.Inner(i.p, image))
	to := i
	to.s = graph.Add(i.s, dense.Scaled(i.p, alpha))
	to.r = graph.Sub(i.r, dense.Scaled(image, alpha))
	z := dense.SolveWith(i.inverse, to.r)
	beta := dense.SafeDiv(dense.Inner(z, graph.Sub(to.r, i.r)), i.product)
	to.p = graph.Add(z, dense.Scaled(i.p, beta))
	to.product = dense.Inner(z, to.r)
	to.norm = dense.Frobenius(to.r)
	to.iterations = graph.Add(i.iterations, graph.Const(g, int32(1)))
	return to
}

// preconditioner is L⁻¹ for M = ½Σ_c K_c + μI.
func preconditioner(parts []kernelPart) *graph.Node {
	var m *graph.Node
	for _, p := range parts {
		m = sum(m, p.gram)
	}
	m = graph.MulScalar(m, 0.5)
	batch := m.Shape().Dim(0)
	mu := graph.MulScalar(graph.DivScalar(dense.Trace(m), float64(batch)), filterLevel(m.DType(), rowForm))
	diagonal := graph.ConvertDType(graph.Diagonal(m.Graph(), batch), m.DType())
	m = graph.Add(m, graph.Mul(diagonal, graph.Reshape(mu, 1, 1)))
	return dense.Item(dense.FactorInverse(graph.ExpandAxes(m, 0), graph.Reshape(mu, 1)), 0)
}

// state lists the parts of the iterate, the couplings' last, and readKernelState takes them apart again.
func (i kernelIterate) state() []*graph.Node {
	nodes := []*graph.Node{i.iterations, i.norm, i.bound, i.s, i.r, i.p, i.product, i.inverse}
	for _, p := range i.parts {
		nodes = append(nodes, p.gram, p.delta)
	}
	return nodes
}

func readKernelState(n []*graph.Node) kernelIterate {
	i := kernelIterate{iterations: n[0], norm: n[1], bound: n[2], s: n[3], r: n[4], p: n[5], product: n[6], inverse: n[7]}
	for c := 8; c < len(n); c += 2 {
		i.parts = append(i.parts, kernelPart{n[c], n[c+1]})
	}
	return i
}
