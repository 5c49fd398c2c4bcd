// SPDX-License-Identifier: Apache-2.0

package dense

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
)

// baseWidth is the size up to which a matrix is factored column by column. Narrower makes more, shorter loops (compile time); wider makes each column's
// update work on more zeros.
const baseWidth = 64

// firstPart is the size of the leading block when a matrix of size m is split: baseWidth times the largest power of two below m. Blocks of few different
// sizes need few different kernels, of which XLA compiles each once.
func firstPart(m int) int {
	k := baseWidth
	for 2*k < m {
		k *= 2
	}
	return k
}

// FactorInverse is CholeskyInverse in Float64, whatever the dtype of the matrices. The recursion multiplies by inverses, so its error grows with the condition
// λmax/μ; in Float32 that is enough to push pivots of smooth activations' Gram matrices under μ.
func FactorInverse(a, floor *graph.Node) *graph.Node {
	double := CholeskyInverse(graph.ConvertDType(a, dtypes.Float64), graph.ConvertDType(floor, dtypes.Float64))
	return graph.ConvertDType(double, a.DType())
}

// ShiftedInverse is FactorInverse of n symmetric matrices m (n, k, k) with level·I added to each, level (n); no pivot is under its level.
func ShiftedInverse(m, level *graph.Node) *graph.Node {
	n, size := m.Shape().Dim(0), m.Shape().Dim(1)
	identity := graph.ExpandAxes(graph.ConvertDType(graph.Diagonal(m.Graph(), size), m.DType()), 0)
	return FactorInverse(graph.Add(m, graph.Mul(identity, graph.Reshape(level, n, 1, 1))), level)
}

// CholeskyInverse returns L⁻¹ for the Cholesky factors A = LLᵀ of n symmetric matrices at once, a (n, m, m). floor (n) bounds the pivots from below: with
// A = Gm + μI no exact pivot is under μ, so a smaller one is rounding and would only spread it.
//
// It splits the matrix (firstPart) down to baseWidth:
//
//	A = [A11 A21ᵀ; A21 A22]:  L21 = A21 L11⁻ᵀ,  S = A22 - L21 L21ᵀ,  (L⁻¹)21 = -S^{-1/2} L21 L11⁻¹
//
// about 4m³/3 operations for factor and inverse together, see FactorOperations.
func CholeskyInverse(a, floor *graph.Node) *graph.Node {
	n, m := a.Shape().Dim(0), a.Shape().Dim(1)
	a.AssertDims(n, m, m)
	if m <= baseWidth {
		return eliminate(a, floor)
	}
	k := firstPart(m)
	a11 := graph.Slice(a, graph.AxisRange(), graph.AxisRange(0, k), graph.AxisRange(0, k))
	a21 := graph.Slice(a, graph.AxisRange(), graph.AxisRange(k), graph.AxisRange(0, k))
	a22 := graph.Slice(a, graph.AxisRange(), graph.AxisRange(k), graph.AxisRange(k))

	inv11 := CholeskyInverse(a11, floor)
	l21 := TimesTransposed(a21, inv11)
	inv22 := CholeskyInverse(graph.Sub(a22, TimesTransposed(l21, l21)), floor)
	inv21 := graph.Neg(Times(inv22, Times(l21, inv11)))

	g := a.Graph()
	corner := graph.Zeros(g, shapes.Make(a.DType(), n, k, m-k))
	return graph.Concatenate([]*graph.Node{
		graph.Concatenate([]*graph.Node{inv11, corner}, 2),
		graph.Concatenate([]*graph.Node{inv21, inv22}, 2),
	}, 1)
}

// FactorOperations counts the products of CholeskyInverse for one matrix of size m, those of the small ones at the bottom left out.
func FactorOperations(m int) float64 {
	if m <= baseWidth {
		return 0
	}
	k := firstPart(m)
	below, left := float64(m-k), float64(k)
	return 4*below*left*(left+below) + FactorOperations(k) + FactorOperations(m-k)
}

// eliminate is CholeskyInverse for small m: Gaussian elimination of [A | I] with every row scaled by the root of its pivot leaves [Lᵀ | L⁻¹].
// One loop over the columns; the state holds everything that the closures use, because a loop's closure sees nothing of the graph around it.
func eliminate(a, floor *graph.Node) *graph.Node {
	g, dtype := a.Graph(), a.DType()
	n, m := a.Shape().Dim(0), a.Shape().Dim(1)
	work := shapes.Make(dtype, n, m, 2*m)
	identity := graph.BroadcastToDims(graph.ExpandAxes(graph.ConvertDType(graph.Diagonal(g, m), dtype), 0), n, m, m)
	state := graph.Concatenate([]*graph.Node{a, identity}, 2)
	bound := graph.Reshape(floor, n, 1, 1)

	params := func(g *graph.Graph) (j, w, b *graph.Node) {
		return graph.Parameter(g, "j", shapes.Make(dtypes.Int32)), graph.Parameter(g, "work", work), graph.Parameter(g, "floor", shapes.Make(dtype, n, 1, 1))
	}
	more := graph.NewClosure(g, func(g *graph.Graph) []*graph.Node {
		j, _, _ := params(g)
		return []*graph.Node{graph.LessThan(j, graph.Const(g, int32(m)))}
	})
	column := graph.NewClosure(g, func(g *graph.Graph) []*graph.Node {
		j, w, b := params(g)
		return []*graph.Node{graph.Add(j, graph.Const(g, int32(1))), eliminateColumn(w, j, b), b}
	})
	done := graph.While(more, column, graph.Const(g, int32(0)), state, bound)
	return graph.Slice(done[1], graph.AxisRange(), graph.AxisRange(), graph.AxisRange(m))
}

// eliminateColumn scales row j of w (n, m, 2m) by the root of its pivot, which makes it row j of Lᵀ, and clears column j below it with that row's transpose:
// what is left of a symmetric matrix is symmetric. Products with one-hot vectors stand in for indexing, which the Go backend lacks, and for reductions, which
// XLA's binding allows in one function of a graph only.
func eliminateColumn(w, j, floor *graph.Node) *graph.Node {
	g, dtype := w.Graph(), w.DType()
	n, m := w.Shape().Dim(0), w.Shape().Dim(1)
	rowIndex := graph.Iota(g, shapes.Make(dtypes.Int32, n, m, 1), 1)
	colIndex := graph.Iota(g, shapes.Make(dtypes.Int32, n, 2*m, 1), 1)
	isRow := graph.Equal(rowIndex, graph.BroadcastToDims(j, n, m, 1))
	isCol := graph.Equal(colIndex, graph.BroadcastToDims(j, n, 2*m, 1))

	row := TransposedTimes(graph.ConvertDType(isRow, dtype), w) // (n, 1, 2m)
	pivot := Times(row, graph.ConvertDType(isCol, dtype))       // (n, 1, 1)
	scaled := graph.Div(row, graph.Sqrt(graph.Max(pivot, floor)))
	below := graph.GreaterThan(rowIndex, graph.BroadcastToDims(j, n, m, 1))
	column := graph.Reshape(graph.Slice(scaled, graph.AxisRange(), graph.AxisRange(), graph.AxisRange(0, m)), n, m, 1)
	cleared := graph.Sub(w, graph.Mul(graph.Mul(graph.ConvertDType(below, dtype), column), scaled))
	return graph.Where(graph.BroadcastToDims(isRow, n, m, 2*m), graph.BroadcastToDims(scaled, n, m, 2*m), cleared)
}
