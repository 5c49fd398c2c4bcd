// SPDX-License-Identifier: Apache-2.0

package dense

import (
	"github.com/gomlx/gomlx/core/graph"
)

// GramBands is the number of row bands n that a Gram matrix is built from. Of n² tiles, n(n+1)/2 are computed, three quarters at n = 2. More bands save
// operations and lose more to thin products: at B = 1000, h = 8000 on XLA 1, 2, 4 and 8 bands take 88, 68, 77 and 92 ms.
const GramBands = 2

// bandsOf is the number of bands that a Gram matrix of n rows has.
func bandsOf(n int) int {
	if n < 16*GramBands {
		return 1
	}
	return GramBands
}

// GramOperations counts those of Gram for a (n, k).
func GramOperations(n, k int) float64 {
	var columns float64
	bands := bandsOf(n)
	for i := range bands {
		columns += float64(((i+1)*n/bands - i*n/bands) * ((i + 1) * n / bands))
	}
	return 2 * columns * float64(k)
}

// Gram is a aᵀ for a (n, k) or its Slabs, computed on and below the diagonal tiles and mirrored.
func Gram(a *graph.Node) *graph.Node {
	n := a.Shape().Dim(-2)
	bands := bandsOf(n)
	rows := make([]*graph.Node, bands)
	for i := range bands {
		from, to := i*n/bands, (i+1)*n/bands
		rows[i] = timesOwnRows(a, from, to)
	}
	return mirror(rows, n)
}

// timesOwnRows is a[from:to] a[0:to]ᵀ for a (n, k) or its Slabs.
func timesOwnRows(a *graph.Node, from, to int) *graph.Node {
	if a.Rank() == 2 {
		return TimesTransposed(Rows(a, from, to), Rows(a, 0, to))
	}
	return sumOfItems(TimesTransposed(graph.Slice(a, graph.AxisRange(), graph.AxisRange(from, to)), graph.Slice(a, graph.AxisRange(), graph.AxisRange(0, to))))
}

// mirror completes bands of the lower triangle, band i holding columns 0 up to its own last row, to the symmetric whole.
func mirror(rows []*graph.Node, n int) *graph.Node {
	bands := len(rows)
	full := make([]*graph.Node, bands)
	for i := range bands {
		parts := []*graph.Node{rows[i]}
		for j := i + 1; j < bands; j++ {
			from, to := i*n/bands, (i+1)*n/bands
			parts = append(parts, graph.Transpose(graph.Slice(rows[j], graph.AxisRange(), graph.AxisRange(from, to)), 0, 1))
		}
		full[i] = graph.Concatenate(parts, 1)
	}
	whole := graph.Concatenate(full, 0)
	whole.AssertDims(n, n)
	return whole
}

// Rows is a[from:to] for a (n, k).
func Rows(a *graph.Node, from, to int) *graph.Node {
	if from == 0 && to == a.Shape().Dim(0) {
		return a
	}
	return graph.Slice(a, graph.AxisRange(from, to))
}

// TimesTransposed is a bᵀ; with a leading batch axis, for each of the batch. As TransposedTimes it makes no transposed copy.
func TimesTransposed(a, b *graph.Node) *graph.Node { return product(a, b, 1, 1) }

// TransposedTimes is aᵀ b; with a leading batch axis, for each of the batch.
func TransposedTimes(a, b *graph.Node) *graph.Node { return product(a, b, 0, 0) }

// Times is a b; with a leading batch axis, for each of the batch.
func Times(a, b *graph.Node) *graph.Node { return product(a, b, 1, 0) }

// TallTimes is aᵀ b for a (B, h) or its Slabs, far wider than b (B, d). Of a whole it is (bᵀa)ᵀ: the small matrices are transposed, which on the Go backend takes
// half of the time of contracting the rows of a, and on XLA the same.
func TallTimes(a, b *graph.Node) *graph.Node {
	if a.Rank() == 3 {
		s, width := a.Shape().Dim(0), a.Shape().Dim(2)
		return graph.Reshape(TransposedTimes(a, graph.BroadcastPrefix(b, s)), s*width, b.Shape().Dim(1))
	}
	return graph.Transpose(graph.MatMul(graph.Transpose(b, 0, 1), a), 0, 1)
}

// product contracts matrix axis i of a with matrix axis j of b; rank-3 operands carry a batch axis first.
func product(a, b *graph.Node, i, j int) *graph.Node {
	if a.Rank() == 3 {
		return graph.Dot(a, b).General([]int{i + 1}, []int{0}, []int{j + 1}, []int{0})
	}
	return graph.Dot(a, b).General([]int{i}, nil, []int{j}, nil)
}
