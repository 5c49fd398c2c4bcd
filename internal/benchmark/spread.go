// SPDX-License-Identifier: Apache-2.0

package benchmark

import (
	"math"
	"slices"
)

// Spread sums up a sample.
type Spread struct {
	N      int     `json:"n"`
	Median float64 `json:"median"`
	Q1     float64 `json:"q1"`
	Q3     float64 `json:"q3"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
}

// SpreadOf sums up a sample of at least one number.
func SpreadOf(sample []float64) Spread {
	sorted := slices.Sorted(slices.Values(sample))
	return Spread{
		N: len(sorted), Min: sorted[0], Max: sorted[len(sorted)-1],
		Q1: quantile(sorted, 0.25), Median: quantile(sorted, 0.5), Q3: quantile(sorted, 0.75),
	}
}

// quantile interpolates between order statistics: the p-quantile of x_0 <= ... <= x_{n-1} lies at position p(n-1) (Hyndman and Fan 1996, definition 7).
func quantile(sorted []float64, p float64) float64 {
	at := p * float64(len(sorted)-1)
	low := int(math.Floor(at))
	high := min(low+1, len(sorted)-1)
	return sorted[low] + (at-float64(low))*(sorted[high]-sorted[low])
}

// scaled is the spread of factor times the sample, for a factor above 0.
func (s Spread) scaled(factor float64) Spread {
	return Spread{s.N, s.Median * factor, s.Q1 * factor, s.Q3 * factor, s.Min * factor, s.Max * factor}
}
