// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"github.com/gomlx/gomlx/core/graph"

	"revgn/internal/dense"
)

// preconditioner is an approximate inverse of the kernel with its ridge, QM⁻¹Q.
type preconditioner struct {
	inverse *graph.Node // L⁻¹ of M, (1, B, B) or (K, B, B)
	q       *graph.Node // (B, K), Q = I - qqᵀ a sample; nil for Q = I
}

// preconditioner has
//
//	M = c Σ_c K_c + (ridge + μ)I
//
// with the c that gives M the mean diagonal of the kernel: at small W, Θ is close to Σ_c K_c ⊗ U_halfᵀU_half, and the halves of UᵀU = I are each close to I/2.
// Where samples see their logits through a root R of their own, or the ridge is another for each, there is an M for every class k, (K, B, B): ρ_k K_c ρ_k in
// place of K_c, with ρ_k the norms of the samples' columns k of R, and the ridge of the class. Then Q leaves out the direction q of every sample, where
// RᵀΘR is zero and M is not; the right-hand side has none of it.
func (p *kernelProblem) preconditioner() preconditioner {
	var m *graph.Node
	for _, part := range p.parts {
		m = sum(m, part.gram)
	}
	batch, mean := m.Shape().Dim(0), p.meanDiagonal()
	mu := dense.OrOne(graph.MulScalar(mean, filterLevel(m.DType(), rowForm)))
	m = graph.ExpandAxes(m, 0)
	level := mu
	if p.perClass() {
		weights := graph.ExpandAxes(graph.Transpose(p.columnNorms(), 0, 1), 2) // (K, B, 1)
		m = graph.Mul(graph.Mul(m, weights), graph.TransposeAllAxes(weights, 0, 2, 1))
		level = graph.ExpandAxes(graph.Transpose(p.ridge.diagonal(), 0, 1), 2)
		level = graph.Add(level, mu)
	} else if p.ridge.diag != nil {
		level = graph.Add(mu, graph.ReduceAllMean(p.ridge.diag))
	}
	systems := m.Shape().Dim(0)
	identity := graph.ExpandAxes(graph.ConvertDType(graph.Diagonal(m.Graph(), batch), m.DType()), 0)
	trace := graph.DivScalar(graph.ReduceAllSum(graph.Mul(m, identity)), float64(batch*systems))
	m = graph.Add(graph.Mul(m, dense.Ratio(mean, trace)), graph.Mul(identity, level))
	return p.preconditionedBy(dense.FactorInverse(m, graph.BroadcastToDims(mu, systems)))
}

// preconditionedBy is the problem's preconditioner with the inverse factor of M.
func (p *kernelProblem) preconditionedBy(inverse *graph.Node) preconditioner {
	by := preconditioner{inverse: inverse}
	if p.root != nil && !p.root.same {
		by.q = p.root.q
	}
	return by
}

// perClass tells whether the preconditioner is another for every class.
func (p *kernelProblem) perClass() bool {
	return p.root != nil && !p.root.same || p.ridge.along != nil
}

// columnNorms is ‖R e_k‖ of every sample, (B, K).
func (p *kernelProblem) columnNorms() *graph.Node {
	if p.root == nil || p.root.r == nil {
		return graph.OnesLike(p.rhs)
	}
	r, q := graph.Square(p.root.r), graph.Square(p.root.q) // R e_k = r_k e_k - q_k (r ∘ q)
	squares := graph.Sub(graph.Mul(q, rowDots(r, q)), graph.MulScalar(graph.Mul(r, q), 2))
	return graph.Sqrt(graph.Max(graph.Add(r, squares), graph.ZerosLike(r)))
}

// solve is QM⁻¹Qr for r (B, K), in operations that a loop's body may hold.
func (p preconditioner) solve(r *graph.Node) *graph.Node {
	systems, batch := p.inverse.Shape().Dim(0), p.inverse.Shape().Dim(1)
	if systems == 1 {
		return dense.SolveWith(graph.Reshape(p.inverse, batch, batch), r)
	}
	columns := graph.Reshape(graph.Transpose(p.without(r), 0, 1), systems, batch, 1)
	return p.without(graph.Transpose(graph.Reshape(dense.SolveWith(p.inverse, columns), systems, batch), 0, 1))
}

// without is Qr.
func (p preconditioner) without(r *graph.Node) *graph.Node {
	if p.q == nil {
		return r
	}
	return graph.Sub(r, graph.Mul(p.q, rowDots(p.q, r)))
}
