// SPDX-License-Identifier: Apache-2.0

package features_test

import (
	"math"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"gonum.org/v1/gonum/mat"

	"revgn/analysis/sites"
	"revgn/internal/backend"
	"revgn/internal/oracle"
	"revgn/internal/problem"
)

// Chance is the mean of the alignment over all orders of the labels.
func TestChance(t *testing.T) {
	onGo(t, func(t *testing.T, b *backend.Backend) {
		c := paper(t)
		s := newScene(t, c, fitted, 6)
		s.setup.Kinds, s.setup.Fit = []sites.Kind{sites.Branch}, nil
		state := measure(t, newMeter(t, b, s))
		for _, row := range compare(t, state, state).Sites {
			k := oracle.LinearKernel(place(c.Net, row.Site, s.probe))
			var total, count float64
			permutations([]int{0, 1, 2, 3, 4, 5}, 0, func(order []int) {
				y := mat.NewDense(6, c.Classes, nil)
				for i, j := range order {
					y.SetRow(i, s.yTest.RawRowView(j))
				}
				total, count = total+oracle.CKA(k, oracle.LinearKernel(y)), count+1
			})
			if want := total / count; math.Abs(float64(row.Now.Alignment.Chance)-want) > 1e-10 {
				t.Errorf("%s: by chance %.12g, want %.12g, the mean of %g orders", row.Name, row.Now.Alignment.Chance, want, count)
			}
			if row.Now.Probe != nil || row.Gain != nil {
				t.Errorf("%s: a classifier without samples to fit on", row.Name)
			}
		}
	})
}

func permutations(list []int, from int, fn func([]int)) {
	if from == len(list) {
		fn(list)
		return
	}
	for i := from; i < len(list); i++ {
		list[from], list[i] = list[i], list[from]
		permutations(list, from+1, fn)
		list[from], list[i] = list[i], list[from]
	}
}

// A site that is the same for all samples has one direction, none when centred, no alignment, and its classifier says the mean.
func TestConstantSite(t *testing.T) {
	onGo(t, func(t *testing.T, b *backend.Backend) {
		c := paper(t)
		s := newScene(t, c, fitted, probed)
		s.setup.Kinds = []sites.Kind{sites.Branch}
		w := mat.NewDense(c.Hidden, c.Width/2, nil)
		problem.Set(t, c.Vars.Variable("block0.f.W"), problem.Matrix(dtypes.Float64, w))
		problem.Set(t, c.Vars.Variable("block0.f.b"), problem.Tensor(dtypes.Float64, mat.NewDense(1, 4, []float64{0.1, 0.7, -3, 1e-3}), 4))
		state := measure(t, newMeter(t, b, s))
		got := compare(t, state, state).Sites[0].Now
		same(t, "directions", got.Plain.EffectiveRank, 1)
		if !math.IsNaN(float64(got.Centred.EffectiveRank)) || !math.IsNaN(float64(got.Alignment.Biased)) {
			t.Errorf("centred %+v, aligned %+v", got.Centred, got.Alignment)
		}
		var loss float64
		for k := range c.Classes {
			mean := mat.Sum(s.yFit.ColView(k)) / fitted
			for i := range probed {
				loss += math.Pow(s.yTest.At(i, k)-mean, 2) / 2 / probed
			}
		}
		same(t, "loss", got.Probe.Loss, loss)
	})
}
