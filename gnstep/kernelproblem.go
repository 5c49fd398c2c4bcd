// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"math"

	"github.com/gomlx/gomlx/core/graph"

	"revgn/internal/dense"
	"revgn/model"
)

// kernelProblem is (Θ + ridge)s = rhs, ΔZ = Jᵀs, for J the derivative of the logits as the problem sees them, Rᵀz:
//
//	ΔZ = JᵀΘ⁺u                     R = I
//	ΔZ = Jᵀ(Θ + BλH⁻¹)⁻¹u          R = I, H = I or the damped curvature: the damped step Jᵀ(HΘ + BλI)⁻¹ε
//	ΔZ = JᵀR(RᵀΘR)⁺Ru              R = I - 11ᵀ/K: the exact curvature, which does not see span(1)
//	ΔZ = JᵀS(SᵀΘS + BλI)⁻¹S⁺ε      R = S, H = SSᵀ: the damped step with the exact curvature
//
// with Θ = JJᵀ of the logits themselves.
type kernelProblem struct {
	parts []kernelPart
	root  *root // R, nil for I
	ridge ridge
	rhs   *graph.Node // (B, K)
	known *remembered // a change that belongs to the solution and is left out of rhs; nil for none
}

// newKernelProblem chooses the problem for the step's curvature and damping.
func (s *Step) newKernelProblem(trace *model.Trace, labels *graph.Node, w *wanted) *kernelProblem {
	p := &kernelProblem{rhs: w.restU}
	damped := s.opts.Damping.Value > 0
	switch {
	case w.modulo != nil && damped:
		p.root = curvatureRoot(graph.LogSoftmax(trace.Logits, 1))
	case w.modulo != nil:
		p.root = w.modulo
		p.rhs = p.root.times(w.restU)
	}
	p.parts = s.kernelParts(trace)
	if !damped {
		return p
	}
	level := s.opts.Damping.level(s.lambda(p.rhs.Graph()), p.meanDiagonal(), p.rhs.Shape().Dim(0))
	p.ridge = s.ridgeFor(trace, level)
	if w.modulo != nil {
		s.askThroughRoot(p, trace, labels, w, level)
	}
	return p
}

// saturated is the probability of a class with a label under which its part of S⁺ε is too large to be solved for beside the others.
const saturated = 1e-4

// askThroughRoot sets the right-hand side S⁺ε = (p - y)/√p, whose rows are orthogonal to √p. Where p nearly vanishes at a label y, so does the curvature, and
// what is left is the gradient over the damping: -Sy/√p = -(y - pΣy), over the level, is put into the known change, and its image taken off the right-hand side.
func (s *Step) askThroughRoot(p *kernelProblem, trace *model.Trace, labels *graph.Node, w *wanted, level *graph.Node) {
	y, q := s.opts.objective().Targets(trace.Logits, labels), p.root.q
	bound := graph.AddScalar(graph.ZerosLike(q), math.Sqrt(saturated))
	far := graph.Where(graph.LessThan(q, bound), y, graph.ZerosLike(y))
	near := graph.Sub(q, graph.Div(graph.Sub(y, far), graph.Max(q, bound)))
	p.rhs = graph.Sub(near, graph.Mul(q, rowDots(q, near)))

	gradient := graph.Sub(far, graph.Mul(graph.Square(q), graph.ReduceAndKeep(far, graph.ReduceSum, 1)))
	_, deltas := trace.Adjoint(graph.Neg(graph.Div(gradient, dense.OrOne(level))))
	p.known = &remembered{deltas, trace.Tangent(nil, deltas)}
	done := p.known.tangent
	if s.opts.Memory == Spring {
		done = done.Plus(w.kept.tangent)
	}
	p.rhs = graph.Sub(p.rhs, p.seen(trace.Net.Readout(done)))
}

// seen is Rᵀz for z (B, K).
func (p *kernelProblem) seen(z *graph.Node) *graph.Node {
	if p.root == nil {
		return z
	}
	return p.root.transposed(z)
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
		x := whitened(p, frozenAt(s.vars, p.X.Graph(), coupling))
		return graph.ConvertDType(dense.Gram(x), p.X.DType())
	}
	return rowGram(featuresOf(p), p.Coupling.Bias != nil)
}

// nodes are what times needs, for the state of a loop.
func (p *kernelProblem) nodes() []*graph.Node {
	var nodes []*graph.Node
	for _, part := range p.parts {
		nodes = append(nodes, part.gram, part.delta)
	}
	for _, extra := range []*graph.Node{p.ridge.diag, p.ridge.along} {
		if extra != nil {
			nodes = append(nodes, extra)
		}
	}
	if p.root != nil {
		nodes = append(nodes, p.root.q)
		if p.root.r != nil {
			nodes = append(nodes, p.root.r)
		}
	}
	return nodes
}

// read is a problem of the nodes n that has the parts of p.
func (p *kernelProblem) read(n []*graph.Node) *kernelProblem {
	next := func() *graph.Node {
		first := n[0]
		n = n[1:]
		return first
	}
	to := &kernelProblem{}
	for range p.parts {
		gram := next()
		to.parts = append(to.parts, kernelPart{gram, next()})
	}
	if p.ridge.diag != nil {
		to.ridge.diag = next()
	}
	if p.ridge.along != nil {
		to.ridge.along = next()
	}
	if p.root != nil {
		to.root = &root{q: next(), same: p.root.same}
		if p.root.r != nil {
			to.root.r = next()
		}
	}
	return to
}

// times is RᵀΘRt + ridge·t, in operations that a loop's body may hold.
func (p *kernelProblem) times(t *graph.Node) *graph.Node {
	return p.ridge.add(p.seen(kernelTimes(p.parts, p.cotangent(t))), t)
}

// cotangent is Rt, the cotangent of the logits for t (B, K).
func (p *kernelProblem) cotangent(t *graph.Node) *graph.Node {
	if p.root == nil {
		return t
	}
	return p.root.times(t)
}

// seenCotangents is δ of a coupling for Rᵀz in place of z.
func (p *kernelProblem) seenCotangents(part kernelPart) *graph.Node {
	if p.root == nil {
		return part.delta
	}
	return p.root.onCotangents(part.delta)
}

// meanDiagonal is the mean of the diagonal of RᵀΘR.
func (p *kernelProblem) meanDiagonal() *graph.Node {
	batch, classes := p.rhs.Shape().Dim(0), p.rhs.Shape().Dim(1)
	var total *graph.Node
	for _, part := range p.parts {
		lengths := graph.ReduceSum(graph.Square(p.seenCotangents(part)), -1) // (B, K) or (K)
		if lengths.Rank() == 1 {
			lengths = graph.BroadcastToDims(graph.ExpandAxes(lengths, 0), batch, classes)
		}
		total = sum(total, graph.ReduceAllSum(graph.Mul(lengths, graph.ExpandAxes(diagonalOf(part.gram), 1))))
	}
	return graph.DivScalar(total, float64(batch*classes))
}

// diagonalOf is the diagonal of m (n, n), a vector.
func diagonalOf(m *graph.Node) *graph.Node {
	return graph.ReduceSum(graph.Where(graph.Diagonal(m.Graph(), m.Shape().Dim(0)), m, graph.ZerosLike(m)), 1)
}
