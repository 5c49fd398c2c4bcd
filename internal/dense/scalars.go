// SPDX-License-Identifier: Apache-2.0

package dense

import (
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
)

// Filled is a constant of the dimensions given, in the dtype of like, that a loop's body may hold.
func Filled(like *graph.Node, value float64, dims ...int) *graph.Node {
	return graph.BroadcastToDims(graph.Const(like.Graph(), shapes.CastAsDType(value, like.DType())), dims...)
}

// ColumnSums is 1ᵀa for a (n, k), a vector (k), as a product: a loop's body cannot hold reductions (see eliminateColumn).
func ColumnSums(a *graph.Node) *graph.Node {
	return graph.Dot(Filled(a, 1, a.Shape().Dim(0)), a).General([]int{0}, nil, []int{0}, nil)
}

// ColumnDots is the inner product of each column of a with that of b, (k), as a product.
func ColumnDots(a, b *graph.Node) *graph.Node { return ColumnSums(graph.Mul(a, b)) }

// Frobenius is ‖a‖ as a product.
func Frobenius(a *graph.Node) *graph.Node {
	return graph.Sqrt(Inner(a, a))
}

// Inner is <a, b>, a scalar, as a product.
func Inner(a, b *graph.Node) *graph.Node {
	return graph.Dot(a, b).General([]int{0, 1}, nil, []int{0, 1}, nil)
}

// Scaled is factor·a for a scalar factor.
func Scaled(a, factor *graph.Node) *graph.Node {
	return graph.Mul(a, graph.BroadcastToDims(factor, a.Shape().Dimensions...))
}

// SafeDiv is a/b, and 0 where b is not positive.
func SafeDiv(a, b *graph.Node) *graph.Node {
	dims := a.Shape().Dimensions
	zeros := Filled(a, 0, dims...)
	positive := graph.GreaterThan(b, zeros)
	return graph.Where(positive, graph.Div(a, graph.Where(positive, b, Filled(a, 1, dims...))), zeros)
}

// Norm is ‖a‖ as a reduction, which is faster and may stand outside of loops only.
func Norm(a *graph.Node) *graph.Node { return graph.Sqrt(graph.ReduceAllSum(graph.Square(a))) }

// Ratio is a/b, and 0 where both are.
func Ratio(a, b *graph.Node) *graph.Node { return graph.Div(a, OrOne(b)) }

// OrOne is a, and 1 where a is 0.
func OrOne(a *graph.Node) *graph.Node {
	return graph.Where(graph.Equal(a, graph.ZerosLike(a)), graph.OnesLike(a), a)
}
