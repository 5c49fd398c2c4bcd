// SPDX-License-Identifier: Apache-2.0

package spectrum_test

import (
	"math"
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

func TestDecompose(t *testing.T) {
	m := mat.NewSymDense(3, []float64{2, 1, 0, 1, 2, 0, 0, 0, 5})
	values, vectors, err := spectrum.Decompose(m)
	if err != nil {
		t.Fatal(err)
	}
	alone, err := spectrum.Values(m)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{1, 3, 5} {
		if math.Abs(values[i]-want) > 1e-14 || math.Abs(alone[i]-want) > 1e-14 {
			t.Errorf("eigenvalue %d is %g and %g, want %g", i, values[i], alone[i], want)
		}
	}
	var back mat.Dense
	back.Product(vectors, mat.NewDiagDense(3, values), vectors.T())
	if back.Sub(&back, m); mat.Norm(&back, 2) > 1e-14 {
		t.Errorf("V diag(λ) Vᵀ is off by %v", mat.Formatted(&back))
	}
}

func TestNotFinite(t *testing.T) {
	for _, v := range []float64{math.NaN(), math.Inf(-1)} {
		_, err := spectrum.Values(mat.NewSymDense(2, []float64{1, v, v, 1}))
		if err == nil || !strings.Contains(err.Error(), "entry (1, 0) is") {
			t.Errorf("got %v, want an error that names the entry", err)
		}
	}
}
