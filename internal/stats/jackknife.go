// SPDX-License-Identifier: Apache-2.0

package stats

import "math"

// JackknifeError is the standard error of a statistic from m replicates, each without one of m draws or groups: √((m-1)/m Σ_i (s_i - mean s)²) (Efron and
// Tibshirani, An Introduction to the Bootstrap, 1993, chapter 11). It is NaN for fewer than two.
func JackknifeError(without []float64) float64 {
	if len(without) < 2 {
		return math.NaN()
	}
	m, mean := float64(len(without)), 0.
	for _, s := range without {
		mean += s / m
	}
	var squares float64
	for _, s := range without {
		squares += (s - mean) * (s - mean)
	}
	return math.Sqrt(squares * (m - 1) / m)
}

// Jackknife is the statistic of the values without each one in turn.
func Jackknife(values []float64, statistic func([]float64) float64) []float64 {
	without := make([]float64, len(values))
	rest := make([]float64, 0, len(values))
	for i := range values {
		rest = append(append(rest[:0], values[:i]...), values[i+1:]...)
		without[i] = statistic(rest)
	}
	return without
}
