// SPDX-License-Identifier: Apache-2.0

package benchmark

import (
	"math"

	"gonum.org/v1/gonum/stat"
)

// Power is the law y = c·xᵖ that fits best, by least squares on logarithms.
type Power struct {
	Exponent float64 `json:"exponent"`
	R2       float64 `json:"r2"` // share of the variance of log y that it explains
}

// PowerOf fits the law to at least two points with different x; all numbers are above 0.
func PowerOf(x, y []float64) Power {
	lx, ly := logs(x), logs(y)
	intercept, slope := stat.LinearRegression(lx, ly, nil, false)
	p := Power{Exponent: slope, R2: stat.RSquared(lx, ly, nil, intercept, slope)}
	if stat.Variance(ly, nil) == 0 {
		p.R2 = 1 // a constant, which exponent 0 explains
	}
	return p
}

func logs(x []float64) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = math.Log(v)
	}
	return out
}
