// SPDX-License-Identifier: Apache-2.0

package spectrum_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"revgn/analysis/spectrum"
)

// Closed forms; every number is unchanged by a factor and by zeros.
func TestClosedForms(t *testing.T) {
	for name, c := range map[string]struct {
		values                           []float64
		effective, participation, stable float64
	}{
		"one":             {[]float64{3}, 1, 1, 1},
		"equal":           {[]float64{2, 2, 2, 2}, 4, 4, 4},
		"with zeros":      {[]float64{0, 5, 0, 5}, 2, 2, 2},
		"rounding":        {[]float64{-1e-18, 1, 1}, 2, 2, 2},
		"two to one":      {[]float64{1, 2}, 3 / math.Cbrt(4), 1.8, 1.5}, // the entropy is log 3 - (2/3) log 2
		"half, quarters":  {[]float64{1, 1, 2}, math.Pow(2, 1.5), 16.0 / 6, 2},
		"nothing":         {nil, math.NaN(), math.NaN(), math.NaN()},
		"zero":            {[]float64{0, 0}, math.NaN(), math.NaN(), math.NaN()},
		"no number":       {[]float64{1, math.NaN()}, math.NaN(), math.NaN(), math.NaN()},
		"beyond all size": {[]float64{1, math.Inf(1)}, math.NaN(), math.NaN(), math.NaN()},
	} {
		for _, factor := range []float64{1, 1e-30, 7e40} {
			scaled := make([]float64, len(c.values))
			for i, v := range c.values {
				scaled[i] = factor * v
			}
			for what, pair := range map[string][2]float64{
				"effective rank": {spectrum.EffectiveRank(scaled), c.effective},
				"participation":  {spectrum.Participation(scaled), c.participation},
				"stable rank":    {spectrum.StableRank(scaled), c.stable},
			} {
				if got, want := pair[0], pair[1]; !(math.Abs(got-want) <= 1e-12*want) && !(math.IsNaN(got) && math.IsNaN(want)) {
					t.Errorf("%s times %g: %s is %.15g, want %.15g", name, factor, what, got, want)
				}
			}
		}
	}
}

func TestValues(t *testing.T) {
	values, err := spectrum.Values(mat.NewSymDense(3, []float64{2, 1, 0, 1, 2, 0, 0, 0, 5}))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{1, 3, 5} {
		if math.Abs(values[i]-want) > 1e-14 {
			t.Errorf("eigenvalue %d is %g, want %g", i, values[i], want)
		}
	}
}

// T, Q and what is solved with them, against gonum's dense inverse: sizes below and above one, full and low rank.
func TestTridiagonal(t *testing.T) {
	for _, c := range []struct{ n, rank int }{{1, 1}, {2, 2}, {3, 1}, {40, 40}, {70, 5}} {
		rng := rand.New(rand.NewPCG(uint64(c.n), 1))
		x, rhs := mat.NewDense(c.n, c.rank, nil), mat.NewDense(c.n, 3, nil)
		for _, m := range []*mat.Dense{x, rhs} {
			m.Apply(func(int, int, float64) float64 { return rng.NormFloat64() }, m)
		}
		var a mat.SymDense
		a.SymOuterK(1, x)
		tri, err := spectrum.NewTridiagonal(&a)
		if err != nil {
			t.Fatal(err)
		}
		m := mat.NewDense(c.n, c.n, nil)
		for i, d := range tri.Diagonal {
			m.Set(i, i, d)
			if i > 0 {
				m.Set(i-1, i, tri.Off[i-1])
				m.Set(i, i-1, tri.Off[i-1])
			}
		}
		var back mat.Dense
		back.Product(tri.Q, m, tri.Q.T())
		near(t, c.n, "QTQᵀ", &back, &a, 1e-13)

		for _, lambda := range []float64{0.5, 30} {
			shifted := mat.DenseCopyOf(&a)
			for i := range c.n {
				shifted.Set(i, i, shifted.At(i, i)+lambda)
			}
			var inverse, want, got, inBasis mat.Dense
			if err := inverse.Inverse(shifted); err != nil {
				t.Fatal(err)
			}
			want.Mul(&inverse, rhs)
			inBasis.Mul(tri.Q.T(), rhs)
			s := tri.Shift(lambda)
			got.Mul(tri.Q, s.Solve(&inBasis))
			near(t, c.n, "(A+λI)⁻¹B", &got, &want, 1e-11)
			diagonal := s.Quadratic(tri.Q)
			for i, v := range diagonal {
				if w := inverse.At(i, i); math.Abs(v-w) > 1e-11*w {
					t.Errorf("size %d, λ %g: entry %d of the inverse's diagonal is %.14g, want %.14g", c.n, lambda, i, v, w)
				}
			}
		}
	}
}

func near(t *testing.T, n int, what string, got, want mat.Matrix, tolerance float64) {
	t.Helper()
	var diff mat.Dense
	diff.Sub(got, want)
	if off := mat.Norm(&diff, 2); !(off <= tolerance*mat.Norm(want, 2)) {
		t.Errorf("size %d: %s is off by %g", n, what, off/mat.Norm(want, 2))
	}
}

func TestNotFinite(t *testing.T) {
	for _, v := range []float64{math.NaN(), math.Inf(-1)} {
		bad := mat.NewSymDense(2, []float64{1, v, v, 1})
		_, first := spectrum.Values(bad)
		_, second := spectrum.NewTridiagonal(bad)
		for _, err := range []error{first, second} {
			if err == nil || !strings.Contains(err.Error(), "entry (1, 0) is") {
				t.Errorf("got %v, want an error that names the entry", err)
			}
		}
	}
}
