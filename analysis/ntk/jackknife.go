// SPDX-License-Identifier: Apache-2.0

package ntk

import (
	"revgn/internal/number"
	"revgn/internal/stats"
)

// Figure is a number and, where it is an estimate, its standard error.
type Figure struct {
	Value number.Number   `json:"value"`
	Error number.Optional `json:"error,omitzero"`
}

func exactly(v float64) Figure { return Figure{Value: number.Number(v)} }

// jackknife is a statistic of averages over draws with its standard error: the averages are taken before the statistic, and each replicate leaves a draw out.
// draws[i] are the numbers of draw i, of which there must be one or more; of one alone there is no error.
func jackknife(draws [][]float64, statistic func(mean []float64) float64) Figure {
	m := len(draws)
	sums := make([]float64, len(draws[0]))
	for _, d := range draws {
		for i, v := range d {
			sums[i] += v
		}
	}
	mean := make([]float64, len(sums))
	for i, v := range sums {
		mean[i] = v / float64(m)
	}
	f := exactly(statistic(mean))
	if m < 2 {
		return f
	}
	without := make([]float64, m)
	for i, d := range draws {
		for j, v := range sums {
			mean[j] = (v - d[j]) / float64(m-1)
		}
		without[i] = statistic(mean)
	}
	f.Error = number.Some(stats.JackknifeError(without))
	return f
}
