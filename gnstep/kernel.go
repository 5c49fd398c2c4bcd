// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"github.com/gomlx/gomlx/core/graph"

	"revgn/internal/dense"
	"revgn/model"
)

// kernelPart is one coupling's share of Θ = JJᵀ of the logits on the batch, (BK, BK) and never formed (docs/mathematics.md, section 6):
//
//	Θ[(n,k),(m,j)] = Σ_c (Φ_c(n)·Φ_c(m)) (δ_c[n,k,:]·δ_c[m,j,:]),   δ_c[n,k,:] = ∂z_k(n)/∂(output of coupling c at n)
type kernelPart struct {
	gram  *graph.Node // ΦΦᵀ (B, B)
	delta *graph.Node // δ_c, (B, K, d), or (K, d) where it is the same for every sample
}

// expand is what the cotangent s (B, K) of the logits is at the coupling's output, (B, d).
func (p kernelPart) expand(s *graph.Node) *graph.Node { return Expand(p.delta, s) }

// Expand is Σ_k s[n,k] δ[n,k,:], (B, d), for s (B, K) and δ as Cotangents has it: a cotangent of the logits taken to a coupling's output.
func Expand(delta, s *graph.Node) *graph.Node {
	if delta.Rank() == 2 {
		return graph.MatMul(s, delta)
	}
	return graph.Dot(s, delta).General([]int{1}, []int{0}, []int{1}, []int{0})
}

// contract is e[n,:]·δ[n,k,:], (B, K): how the logits move with the coupling's output.
func (p kernelPart) contract(e *graph.Node) *graph.Node {
	if p.delta.Rank() == 2 {
		return dense.TimesTransposed(e, p.delta)
	}
	return graph.Dot(e, p.delta).General([]int{1}, []int{0}, []int{2}, []int{0})
}

// kernelTimes is Θs for s (B, K): 2B²d + 4BKd operations a coupling.
func kernelTimes(parts []kernelPart, s *graph.Node) *graph.Node {
	var total *graph.Node
	for _, p := range parts {
		total = sum(total, p.contract(graph.MatMul(p.gram, p.expand(s))))
	}
	return total
}

// cotangent is a cotangent of half a stream: one row (d) for every sample, or a row for each (B, d).
type cotangent struct {
	node *graph.Node
	row  bool
}

// plus is a + b.
func (a cotangent) plus(b cotangent) cotangent {
	switch {
	case a.row == b.row:
		return cotangent{graph.Add(a.node, b.node), a.row}
	case a.row:
		return b.plus(a)
	}
	return cotangent{graph.Add(a.node, graph.ExpandAxes(b.node, 0)), false}
}

// through is DF(x)ᵀ of the cotangent. A row stays one through an identity coupling.
func (a cotangent) through(p *model.Point) cotangent {
	switch {
	case a.row && p.Coupling.Act == model.Identity:
		return cotangent{graph.Reshape(p.Adjoint(graph.ExpandAxes(a.node, 0)), a.node.Shape().Dim(0)), true}
	case a.row:
		return cotangent{p.AdjointOfRow(a.node), false}
	}
	return cotangent{p.Adjoint(a.node), false}
}

// Cotangents are δ_c of every coupling, (B, K, d), or (K, d) where it is the same for every sample: K adjoint passes seeded with the columns of U. The G of the
// top block sees the column itself, and nothing is computed for it.
func Cotangents(trace *model.Trace) []*graph.Node {
	u := trace.Net.U
	classes, d := u.Shape().Dim(1), u.Shape().Dim(0)/2
	byClass := make([][]cotangent, 2*len(trace.Blocks)) // [coupling][class]
	for k := range classes {
		column := graph.Reshape(graph.Slice(u, graph.AxisRange(), graph.AxisRange(k, k+1)), 2*d)
		a := cotangent{graph.Slice(column, graph.AxisRange(0, d)), true}
		b := cotangent{graph.Slice(column, graph.AxisRange(d)), true}
		for l := len(trace.Blocks) - 1; l >= 0; l-- {
			block := trace.Blocks[l]
			byClass[2*l+1] = append(byClass[2*l+1], b)
			a = a.plus(b.through(block.G))
			byClass[2*l] = append(byClass[2*l], a)
			if l > 0 {
				b = b.plus(a.through(block.F))
			}
		}
	}
	deltas := make([]*graph.Node, len(byClass))
	for c, classes := range byClass {
		deltas[c] = stackClasses(classes)
	}
	return deltas
}

// stackClasses is (B, K, d), or (K, d) of rows.
func stackClasses(classes []cotangent) *graph.Node {
	parts := make([]*graph.Node, len(classes))
	axis := 1
	if classes[0].row {
		axis = 0
	}
	for k, c := range classes {
		parts[k] = graph.ExpandAxes(c.node, axis)
	}
	return graph.Concatenate(parts, axis)
}
