// SPDX-License-Identifier: Apache-2.0

package stats

import (
	"cmp"
	"math"
	"slices"
)

// Holm adjusts p-values for being many: those at most α reject with a probability of at most α that any true hypothesis is among them, however they depend on one another. The i-th smallest of m
// becomes the largest of (m-j+1) p_j over j <= i, at most 1 (Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6, 1979). NaN stays, and counts
// as a hypothesis.
func Holm(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	last := func(x float64) float64 {
		if math.IsNaN(x) {
			return math.Inf(1)
		}
		return x
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(last(p[a]), last(p[b])) })
	adjusted, reached := make([]float64, len(p)), 0.
	for rank, i := range order {
		if math.IsNaN(p[i]) {
			adjusted[i] = p[i]
			continue
		}
		reached = max(reached, float64(len(p)-rank)*p[i])
		adjusted[i] = min(1, reached)
	}
	return adjusted
}
