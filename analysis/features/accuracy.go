// SPDX-License-Identifier: Apache-2.0

package features

import (
	"math"

	"revgn/internal/number"
)

// accuracy is the share p of hits and its standard error √(p(1-p)/(N-1)).
func accuracy(hits []bool) (share, standardError number.Number) {
	values := make([]float64, len(hits))
	for i, hit := range hits {
		values[i] = indicator(hit)
	}
	mean, err := meanOf(values)
	return number.Number(mean), number.Number(err)
}

// gain is the mean over samples of hit now less hit before, with the standard error of that mean: most samples are as they were, so that it is far more precise
// than the difference of two accuracies taken apart.
func gain(now, before []bool) Difference {
	values := make([]float64, len(now))
	for i := range now {
		values[i] = indicator(now[i]) - indicator(before[i])
	}
	mean, err := meanOf(values)
	return Difference{number.Number(mean), number.Number(err)}
}

func indicator(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// meanOf is a mean and its standard error, NaN for a single value.
func meanOf(values []float64) (mean, standardError float64) {
	n := float64(len(values))
	for _, v := range values {
		mean += v / n
	}
	var squares float64
	for _, v := range values {
		squares += (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(squares / (n - 1) / n)
}
