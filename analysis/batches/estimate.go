// SPDX-License-Identifier: Apache-2.0

package batches

import (
	"revgn/internal/number"
	"revgn/internal/stats"
)

// Estimate is a number that is estimated from M steps, with its standard error; the error of a single step is not known (NaN, null in JSON).
type Estimate struct {
	Mean number.Number `json:"mean"`
	SE   number.Number `json:"se"`
}

// meanOf is the mean of v over steps; of no steps NaN.
func meanOf(v []float64) Estimate {
	return jackknife(len(v), func(out int) float64 {
		var sum, n float64
		for i, x := range v {
			if i != out {
				sum, n = sum+x, n+1
			}
		}
		return sum / n
	})
}

// ratioOf is Σ over / Σ under, paired by step.
func ratioOf(over, under []float64) Estimate {
	return jackknife(len(over), func(out int) float64 {
		var a, b float64
		for i := range over {
			if i != out {
				a, b = a+over[i], b+under[i]
			}
		}
		return a / b
	})
}

// jackknife is f of all m steps (out = -1), with the error that leaving out each in turn shows.
func jackknife(m int, f func(out int) float64) Estimate {
	without := make([]float64, m)
	for i := range without {
		without[i] = f(i)
	}
	return Estimate{Mean: number.Number(f(-1)), SE: number.Number(stats.JackknifeError(without))}
}
