// SPDX-License-Identifier: Apache-2.0

package stats

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"
)

// Test is a t test of a mean, or of a difference of means, against a value.
type Test struct {
	N        int      // values, pairs, or values of both samples together
	Effect   float64  // the mean, or the difference of means
	Interval Interval // of the effect
	T, DF    float64
	P        float64 // two-sided
	PAbove   float64 // one-sided: how probable a t this large or larger is where the effect is the value
	PBelow   float64 // the same for this small or smaller
}

// OneSample tests the mean against mu: t = (x̄ - μ)/(s/√n) with n-1 degrees of freedom (Student 1908).
func OneSample(values []float64, mu, level float64) Test {
	m := MeanOf(values, level)
	return newTest(m.N, m.Mean, mu, m.SE, float64(m.N-1), level)
}

// Paired tests the mean of the differences a_i - b_i against mu, by OneSample. It refuses samples of different lengths.
func Paired(a, b []float64, mu, level float64) (Test, error) {
	if len(a) != len(b) {
		return Test{}, fmt.Errorf("a paired test of %d and %d values; want as many of each", len(a), len(b))
	}
	differences := make([]float64, len(a))
	for i := range a {
		differences[i] = a[i] - b[i]
	}
	return OneSample(differences, mu, level), nil
}

// Welch tests the difference of the means of two independent samples, whose variances may differ, against mu: t = (x̄ - ȳ - μ)/√(s²/n + r²/m), and Satterthwaite's
// ν = (s²/n + r²/m)²/((s²/n)²/(n-1) + (r²/m)²/(m-1)) (Welch, The generalization of Student's problem, Biometrika 34, 1947).
func Welch(a, b []float64, mu, level float64) Test {
	if len(a) < 2 || len(b) < 2 {
		return newTest(len(a)+len(b), math.NaN(), mu, math.NaN(), math.NaN(), level)
	}
	meanA, varA := stat.MeanVariance(a, nil)
	meanB, varB := stat.MeanVariance(b, nil)
	n, m := float64(len(a)), float64(len(b))
	u, v := varA/n, varB/m
	nu := (u + v) * (u + v) / (u*u/(n-1) + v*v/(m-1))
	return newTest(len(a)+len(b), meanA-meanB, mu, math.Sqrt(u+v), nu, level)
}

// newTest is the test of an effect with a standard error.
func newTest(n int, effect, mu, se, nu, level float64) Test {
	t := Test{N: n, Effect: effect, T: (effect - mu) / se, DF: nu}
	half := CriticalT(level, nu) * se
	t.Interval = Interval{effect - half, effect + half}
	t.P = min(1, 2*upperTail(math.Abs(t.T), nu))
	t.PAbove, t.PBelow = upperTail(t.T, nu), upperTail(-t.T, nu)
	return t
}
