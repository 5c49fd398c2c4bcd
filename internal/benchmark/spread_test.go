// SPDX-License-Identifier: Apache-2.0

package benchmark

import (
	"math"
	"testing"
)

// near is equality up to the rounding of a few operations in float64.
func near(a, b float64) bool { return math.Abs(a-b) <= 1e-12*max(1, math.Abs(b)) }

// The quartiles of 1..n are 1 + (n-1)/4, (n+1)/2 and n - (n-1)/4, in whatever order the numbers come.
func TestSpreadOfWholeNumbers(t *testing.T) {
	for n := 1; n <= 40; n++ {
		sample := make([]float64, n)
		for i := range sample {
			sample[i] = float64((i*7)%n + 1)
		}
		if n%7 == 0 {
			for i := range sample {
				sample[i] = float64(n - i)
			}
		}
		got, f := SpreadOf(sample), float64(n)
		want := Spread{N: n, Median: (f + 1) / 2, Q1: 1 + (f-1)/4, Q3: f - (f-1)/4, Min: 1, Max: f}
		if got.N != n || !near(got.Median, want.Median) || !near(got.Q1, want.Q1) || !near(got.Q3, want.Q3) || got.Min != 1 || got.Max != f {
			t.Errorf("1..%d: got %+v, want %+v", n, got, want)
		}
	}
}

// A sample stays as it is, and scaling scales everything but the number.
func TestSpreadLeavesTheSample(t *testing.T) {
	sample := []float64{3, 1, 2}
	s := SpreadOf(sample).scaled(10)
	if sample[0] != 3 || s != (Spread{3, 20, 15, 25, 10, 30}) {
		t.Errorf("sample %v, spread %+v", sample, s)
	}
}

// y = c·xᵖ has exponent p and leaves nothing unexplained; a factor that alternates in a symmetric way changes only the latter.
func TestPowerOf(t *testing.T) {
	x := []float64{250, 500, 1000, 2000}
	for _, p := range []float64{-1, 0, 1, 1.7, 3} {
		y, shaken := make([]float64, len(x)), make([]float64, len(x))
		for i := range x {
			y[i] = 3e-7 * math.Pow(x[i], p)
			shaken[i] = y[i] * []float64{1.1, 1, 1, 1.1}[i]
		}
		if got := PowerOf(x, y); math.Abs(got.Exponent-p) > 1e-9 || math.Abs(got.R2-1) > 1e-9 {
			t.Errorf("exponent %g: got %+v", p, got)
		}
		if got := PowerOf(x, shaken); math.Abs(got.Exponent-p) > 1e-9 || got.R2 >= 1 {
			t.Errorf("exponent %g, shaken: got %+v", p, got)
		}
	}
	if got := PowerOf(x, []float64{2, 2, 2, 2}); math.Abs(got.Exponent) > 1e-12 || got.R2 != 1 {
		t.Errorf("a constant: got %+v", got)
	}
}
