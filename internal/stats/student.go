// SPDX-License-Identifier: Apache-2.0

package stats

import (
	"math"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
)

// upperTail is P(T > t) of Student's distribution with ν degrees of freedom: ½ I_{ν/(ν+t²)}(ν/2, ½) for t >= 0, computed without 1-p so that small tails keep their digits
// (Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.1).
func upperTail(t, nu float64) float64 {
	switch {
	case math.IsNaN(t) || !(nu > 0):
		return math.NaN()
	case t < 0:
		return 1 - upperTail(-t, nu)
	case math.IsInf(t, 1):
		return 0
	}
	return mathext.RegIncBeta(nu/2, 0.5, nu/(nu+t*t)) / 2
}

// CriticalT is the t that a two-sided interval of this level reaches to: P(|T| <= t) = level, 4.303 for ν = 2 and 95 %.
func CriticalT(level, nu float64) float64 {
	if !(nu > 0) || !(level > 0 && level < 1) {
		return math.NaN()
	}
	d := distuv.StudentsT{Sigma: 1, Nu: nu}
	tail := (1 - level) / 2
	t := d.Quantile(1 - tail)
	// gonum's inverse is good to eight digits; Newton's steps on the tail bring the rest.
	for range 3 {
		t += (upperTail(t, nu) - tail) / d.Prob(t)
	}
	return t
}
