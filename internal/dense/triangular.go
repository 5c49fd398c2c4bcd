// SPDX-License-Identifier: Apache-2.0

package dense

import (
	"github.com/gomlx/gomlx/core/graph"
)

// SolveWith is A⁻¹t = L⁻ᵀ(L⁻¹t) from the inverse factor L⁻¹ of A (n, n), for t (n, k); with a leading batch axis, for each of the batch. What lies above the
// diagonal of L⁻¹ is left out in bands, as in Gram, unless there is a batch or t is a vector.
func SolveWith(inverse, t *graph.Node) *graph.Node {
	bands := bandsOf(inverse.Shape().Dim(0))
	if inverse.Rank() == 3 || t.Shape().Dim(1) == 1 || bands == 1 {
		return TransposedTimes(inverse, Times(inverse, t))
	}
	return bandedSolve(inverse, t, bands)
}

// bandedSolve is SolveWith by bands of rows of L⁻¹, and then of its columns.
func bandedSolve(inverse, t *graph.Node, bands int) *graph.Node {
	n := inverse.Shape().Dim(0)
	halves, wholes := make([]*graph.Node, bands), make([]*graph.Node, bands)
	for i := range bands {
		from, to := i*n/bands, (i+1)*n/bands
		halves[i] = Times(graph.Slice(inverse, graph.AxisRange(from, to), graph.AxisRange(0, to)), Rows(t, 0, to))
	}
	half := graph.Concatenate(halves, 0)
	for i := range bands {
		from, to := i*n/bands, (i+1)*n/bands
		wholes[i] = TransposedTimes(graph.Slice(inverse, graph.AxisRange(from, n), graph.AxisRange(from, to)), Rows(half, from, n))
	}
	return graph.Concatenate(wholes, 0)
}

// SolveOperations counts those of SolveWith for an inverse factor of size n and k > 1 columns.
func SolveOperations(n, k int) float64 {
	var entries int // of L⁻¹ in its bands of rows, and of columns
	bands := bandsOf(n)
	for i := range bands {
		from, to := i*n/bands, (i+1)*n/bands
		entries += (to - from) * (to + n - from)
	}
	return 2 * float64(entries) * float64(k)
}

// WholeInverse is A⁻¹ = L⁻ᵀL⁻¹ (n, n) from the inverse factor of A, for more columns than are worth a SolveWith each.
func WholeInverse(inverse *graph.Node) *graph.Node { return Gram(TransposedCopy(inverse)) }
