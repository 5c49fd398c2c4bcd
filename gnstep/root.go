// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"math"

	"github.com/gomlx/gomlx/core/graph"

	"revgn/internal/dense"
)

// root is a K x K matrix R = diag(r)(I - qqᵀ) a sample, ‖q‖ = 1, through which the logits are seen: Rᵀz in place of z. r and q are (B, K), r absent for ones.
type root struct {
	r, q *graph.Node
	same bool // R is the same for every sample
}

// nullComplement is R = I - 11ᵀ/K, the projector on what the curvature of cross-entropy sees. like is (B, K).
func nullComplement(like *graph.Node) *root {
	classes := float64(like.Shape().Dim(1))
	return &root{q: graph.MulScalar(graph.OnesLike(like), 1/math.Sqrt(classes)), same: true}
}

// curvatureRoot is S of H = SSᵀ = diag(p) - ppᵀ: S = diag(√p)(I - qqᵀ), q = √p, from log p (B, K).
func curvatureRoot(logP *graph.Node) *root {
	q := graph.Exp(graph.MulScalar(logP, 0.5))
	return &root{r: q, q: q}
}

// times is Rt for t (B, K).
func (m *root) times(t *graph.Node) *graph.Node {
	t = graph.Sub(t, graph.Mul(m.q, rowDots(m.q, t)))
	if m.r != nil {
		t = graph.Mul(m.r, t)
	}
	return t
}

// transposed is Rᵀz for z (B, K).
func (m *root) transposed(z *graph.Node) *graph.Node {
	if m.r != nil {
		z = graph.Mul(m.r, z)
	}
	return graph.Sub(z, graph.Mul(m.q, rowDots(m.q, z)))
}

// onCotangents is Rᵀδ over the classes of δ (B, K, d), or of (K, d) where R is the same for every sample too; else the result is (B, K, d).
func (m *root) onCotangents(delta *graph.Node) *graph.Node {
	q := m.q
	if delta.Rank() == 2 && m.same {
		q = dense.Rows(q, 0, 1)
		q = graph.Reshape(q, q.Shape().Dim(1), 1)
		return graph.Sub(delta, graph.Mul(q, graph.ReduceAndKeep(graph.Mul(q, delta), graph.ReduceSum, 0)))
	}
	batch, classes := q.Shape().Dim(0), q.Shape().Dim(1)
	if delta.Rank() == 2 {
		delta = graph.BroadcastToDims(graph.ExpandAxes(delta, 0), batch, classes, delta.Shape().Dim(1))
	}
	if m.r != nil {
		delta = graph.Mul(graph.ExpandAxes(m.r, 2), delta)
	}
	q = graph.ExpandAxes(q, 2)
	return graph.Sub(delta, graph.Mul(q, graph.ReduceAndKeep(graph.Mul(q, delta), graph.ReduceSum, 1)))
}

// rowDots is the inner product of the rows of a and b (B, K), in every entry of (B, K): a product, which a loop's body may hold.
func rowDots(a, b *graph.Node) *graph.Node {
	classes := a.Shape().Dim(1)
	return graph.MatMul(graph.Mul(a, b), dense.Filled(a, 1, classes, classes))
}
