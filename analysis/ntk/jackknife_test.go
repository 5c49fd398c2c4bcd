// SPDX-License-Identifier: Apache-2.0

package ntk

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Of a mean the jackknife's error is the standard error s/√m to the last digit.
func TestJackknifeOfAMean(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var draws [][]float64
	var sum, squares float64
	const m = 17
	for range m {
		v := rng.NormFloat64()
		draws = append(draws, []float64{v})
		sum += v
		squares += v * v
	}
	mean := sum / m
	want := math.Sqrt((squares - m*mean*mean) / (m - 1) / m)
	f := jackknife(draws, func(x []float64) float64 { return x[0] })
	if math.Abs(float64(f.Value)-mean) > 1e-14 || math.Abs(float64(f.Error.Value)-want) > 1e-13 {
		t.Errorf("got %v, want %g with error %g", f, mean, want)
	}
	if f := jackknife(draws[:1], func(x []float64) float64 { return x[0] }); f.Error.Set {
		t.Errorf("one draw has an error: %v", f)
	}
}

// Of a ratio the jackknife's error is, on average over many samples, the spread of the ratio over them.
func TestJackknifeOfARatio(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	const m, repeats = 40, 2000
	var sum, squares, variance float64
	for range repeats {
		draws := make([][]float64, m)
		for i := range draws {
			x := rng.ExpFloat64()
			draws[i] = []float64{x + 0.3*rng.NormFloat64(), 2*x + 1}
		}
		f := jackknife(draws, func(x []float64) float64 { return x[0] / x[1] })
		sum += float64(f.Value)
		squares += float64(f.Value * f.Value)
		variance += float64(f.Error.Value*f.Error.Value) / repeats
	}
	spread := math.Sqrt(squares/repeats - sum*sum/repeats/repeats)
	if got := math.Sqrt(variance); math.Abs(got/spread-1) > 0.1 { // the spread of 2000 is known to 2 %, and the jackknife errs on the safe side
		t.Errorf("the jackknife says %g, the spread is %g", got, spread)
	}
}

// A diagonal operator has its entries as eigenvalues; a run of as many steps as there are finds all, one started in an invariant space ends there, and one that
// stays orthogonal to eigenvectors does not see theirs.
func TestLanczos(t *testing.T) {
	diagonal := []float64{-1, 0.5, 2, 3, 10, 1e3}
	steps := 0
	times := func(v []float64) []float64 {
		steps++
		out := make([]float64, len(v))
		for i, x := range v {
			out[i] = diagonal[i] * x
		}
		return out
	}
	start := []float64{1, 2, -1, 1, 3, 1}
	r := lanczos(times, start, nil, 50)
	for i, want := range diagonal {
		if math.Abs(r.values[i]-want) > 1e-11 || r.residuals[i] > 1e-11 || math.Abs(r.weights[i]-start[i]*start[i]/17) > 1e-12 {
			t.Errorf("eigenvalue %d: %g, weight %g, residual %g; want %g, weight %g", i, r.values[i], r.weights[i], r.residuals[i], want, start[i]*start[i]/17)
		}
		v := r.vector(i)
		for j, x := range v {
			if want := 0.0; i != j && math.Abs(x-want) > 1e-9 || i == j && math.Abs(math.Abs(x)-1) > 1e-9 {
				t.Errorf("eigenvector %d is %v", i, v)
				break
			}
		}
	}
	steps = 0
	if r = lanczos(times, []float64{0, 1, 0, 0, 1, 0}, nil, 50); len(r.values) != 2 || steps != 2 {
		t.Errorf("in two dimensions: values %v after %d steps", r.values, steps)
	}
	r = lanczos(times, []float64{1, 1, 1, 1, 1, 0}, [][]float64{{0, 0, 0, 0, 0, 1}}, 50)
	if len(r.values) != 5 || math.Abs(r.values[4]-10) > 1e-12 {
		t.Errorf("beside the largest: values %v", r.values)
	}
}
