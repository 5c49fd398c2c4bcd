// SPDX-License-Identifier: Apache-2.0

package dense

import (
	"github.com/gomlx/gomlx/core/graph"
)

// WithOnes appends a column of ones.
func WithOnes(a *graph.Node) *graph.Node {
	column := graph.Slice(a, graph.AxisRange(), graph.AxisRange(0, 1))
	return graph.Concatenate([]*graph.Node{a, graph.OnesLike(column)}, 1)
}

// WithRowOfOnes appends a row of ones.
func WithRowOfOnes(a *graph.Node) *graph.Node {
	return graph.Concatenate([]*graph.Node{a, graph.OnesLike(Rows(a, 0, 1))}, 0)
}

// TransposedCopy is aᵀ for a (n, k) as a matrix of its own, put together from two halves. XLA folds a plain transpose into the product that takes it, and products
// that contract the first axes of both operands run on its CPU, in Float64, at a third of the rate of the others.
func TransposedCopy(a *graph.Node) *graph.Node {
	n := a.Shape().Dim(0)
	if n < 2 {
		return graph.Transpose(a, 0, 1)
	}
	return graph.Concatenate([]*graph.Node{graph.Transpose(Rows(a, 0, n/2), 0, 1), graph.Transpose(Rows(a, n/2, n), 0, 1)}, 1)
}

// Trace is the sum of the diagonal of m (n, n).
func Trace(m *graph.Node) *graph.Node {
	diagonal := graph.Diagonal(m.Graph(), m.Shape().Dim(0))
	return graph.ReduceAllSum(graph.Where(diagonal, m, graph.ZerosLike(m)))
}

// Item is a[i] for a (n, …).
func Item(a *graph.Node, i int) *graph.Node {
	ranges := []graph.SliceAxisSpec{graph.AxisRange(i, i+1)}
	dims := a.Shape().Dimensions[1:]
	for range dims {
		ranges = append(ranges, graph.AxisRange())
	}
	return graph.Reshape(graph.Slice(a, ranges...), dims...)
}
