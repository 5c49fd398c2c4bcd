// SPDX-License-Identifier: Apache-2.0

package stats

import (
	"math"

	"gonum.org/v1/gonum/stat"
)

// Mean is the mean of independent draws with its error.
type Mean struct {
	N        int
	Mean     float64
	SE       float64 // s/√n, NaN of a single value
	Half     float64 // of the interval: t s/√n, t with n-1 degrees of freedom
	Interval Interval
}

// MeanOf takes values to be independent draws of a normal distribution: x̄ ± t s/√n, t the quantile of Student's distribution with n-1 degrees of freedom (Student, The probable error of a
// mean, Biometrika 6, 1908). Level is that of the interval, such as 0.95.
func MeanOf(values []float64, level float64) Mean {
	m := Mean{N: len(values), Mean: math.NaN(), SE: math.NaN()}
	if m.N > 0 {
		m.Mean = stat.Mean(values, nil)
	}
	if m.N > 1 {
		m.SE = stat.StdDev(values, nil) / math.Sqrt(float64(m.N))
	}
	m.Half = CriticalT(level, float64(m.N-1)) * m.SE
	m.Interval = Interval{m.Mean - m.Half, m.Mean + m.Half}
	return m
}
