// SPDX-License-Identifier: Apache-2.0

package batches

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat"
)

// The jackknife of a mean is its usual standard error.
func TestMean(t *testing.T) {
	v := []float64{3, -1, 4, 1, -5, 9}
	got := meanOf(v)
	if want := stat.StdErr(stat.StdDev(v, nil), 6); math.Abs(float64(got.SE)-want) > 1e-10*want || math.Abs(float64(got.Mean)-11./6) > 1e-10 {
		t.Errorf("got %v, want %g ± %g", got, 11./6, want)
	}
	if one := meanOf(v[:1]); one.Mean != 3 || !math.IsNaN(float64(one.SE)) {
		t.Errorf("of one step: %v, want 3 ± NaN", one)
	}
}

// A ratio that is the same for every step has no error; else it has that of the linear approximation, for small errors.
func TestRatio(t *testing.T) {
	under := []float64{1, 2, 3, 4}
	if got := ratioOf([]float64{0.5, 1, 1.5, 2}, under); got.Mean != 0.5 || math.Abs(float64(got.SE)) > 1e-12 {
		t.Errorf("got %v, want 0.5 ± 0", got)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	const m = 400
	over, under, left := make([]float64, m), make([]float64, m), make([]float64, m)
	var a, b float64
	for i := range m {
		under[i] = 2 + 0.1*rng.NormFloat64()
		over[i] = under[i]/2 + 0.1*rng.NormFloat64()
		a, b = a+over[i], b+under[i]
	}
	for i := range m {
		left[i] = (over[i] - a/b*under[i]) / (b / m)
	}
	got, want := ratioOf(over, under), stat.StdErr(stat.StdDev(left, nil), m)
	if math.Abs(float64(got.Mean)-a/b) > 1e-12 || math.Abs(float64(got.SE)/want-1) > 0.02 {
		t.Errorf("got %v, want %g ± %g", got, a/b, want)
	}
}

// For A[i,j] = u_j the mean off the diagonal is that of u, and with a row and a column left out that of the others, so that its error is that of the mean.
func TestOffDiagonal(t *testing.T) {
	u := []float64{1, 2, 4, -1, 3}
	a := newMatrix(5)
	for i := range a {
		copy(a[i], u)
	}
	got, want := a.off(), meanOf(u)
	if math.Abs(float64(got.Mean-want.Mean)) > 1e-12 || math.Abs(float64(got.SE-want.SE)) > 1e-12 {
		t.Errorf("got %v, want %v", got, want)
	}
	if share := a.transfer(); math.Abs(float64(share.Mean)-1) > 1e-12 || float64(share.SE) > 1e-12 {
		t.Errorf("share %v, want 1 ± 0", share)
	}
	for i := range a {
		a[i][i] = 10
	}
	// The sum off the diagonal is Σ_j 4u_j = 36, over 20 entries.
	if got := a.transfer().Mean; math.Abs(float64(got)-0.18) > 1e-12 {
		t.Errorf("share %v, want 0.18", got)
	}
	if one := newMatrix(1).off(); !math.IsNaN(float64(one.Mean)) {
		t.Errorf("of one batch: %v, want NaN", one)
	}
}
