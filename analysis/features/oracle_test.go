// SPDX-License-Identifier: Apache-2.0

package features_test

import (
	"math"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"gonum.org/v1/gonum/mat"

	"revgn/analysis/features"
	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/oracle"
	"revgn/internal/problem"
	"revgn/model"
)

// Every site of every problem at two sets of weights: singular values, CKA with the labels and ridge regression by the oracle.
func TestAgainstTheOracle(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		problem.Each(t, b, problem.Heavy, func(t *testing.T, c *problem.Case) {
			s := newScene(t, c, fitted, probed)
			m := newMeter(t, b, s)
			start, first := measure(t, m), c.Net
			for i, named := range c.Vars.Trained() {
				shape := named.Variable.Shape()
				values := c.Gaussian(uint64(50+i), 1, shape.Size())
				values.Scale(0.3, values)
				problem.Set(t, named.Variable, problem.Tensor(c.Config.DType, values, shape.Dimensions...))
			}
			second := problem.OracleNet(t, c.Vars)
			r := compare(t, start, measure(t, m))
			for _, row := range r.Sites {
				s.check(t, row.Name+" now", row.Now, place(second, row.Site, s.fit), place(second, row.Site, s.probe))
				s.check(t, row.Name+" at the start", row.Start, place(first, row.Site, s.fit), place(first, row.Site, s.probe))
				same(t, row.Name+": gain", row.Gain.Value, float64(row.Now.Probe.Accuracy-row.Start.Probe.Accuracy))
			}
			if len(r.Sites) != 2+5*c.Blocks {
				t.Errorf("%d sites of %d blocks", len(r.Sites), c.Blocks)
			}
			checkSides(t, r.Couplings, s.probe, first, second)
			checkInversion(t, c.Config.DType, c.Blocks, r.Inversion)
		})
	})
}

func (s scene) check(t *testing.T, what string, got features.Numbers, fit, probe *mat.Dense) {
	t.Helper()
	dtype := s.Config.DType
	s.checkSpectrum(t, what+", uncentred", got.Plain, oracle.DirectionsOf(probe))
	s.checkSpectrum(t, what+", centred", got.Centred, oracle.DirectionsOf(oracle.CentredColumns(probe)))
	k, labels := oracle.LinearKernel(probe), oracle.LinearKernel(s.yTest)
	problem.CheckNumber(t, what+": alignment", problem.Represented, dtype, float64(got.Alignment.Biased), oracle.CKA(k, labels))
	problem.CheckNumber(t, what+": debiased alignment", problem.Represented, dtype, float64(got.Alignment.Debiased), oracle.DebiasedCKA(k, labels))

	n, _ := fit.Dims()
	mean := math.Pow(mat.Norm(oracle.CentredColumns(fit), 2), 2) / float64(n)
	lambda := float64(got.Probe.Ridge) * mean
	left, err := oracle.RidgeLeaveOneOut(fit, s.yFit, lambda)
	if err != nil {
		t.Fatal(err)
	}
	problem.CheckNumber(t, what+": leave-one-out error", problem.Classified, dtype, float64(got.Probe.LeaveOneOut), left)
	a, err := oracle.Ridge(fit, s.yFit, lambda)
	if err != nil {
		t.Fatal(err)
	}
	loss, hits, doubtful := judged(oracle.RidgePredict(a, probe), s.yTest, dtype)
	problem.CheckNumber(t, what+": loss", problem.Classified, dtype, float64(got.Probe.Loss), loss)
	count := float64(got.Probe.Accuracy) * float64(len(s.setup.Probe.Y))
	if math.Abs(count-hits) > doubtful+1e-9 {
		t.Errorf("%s: the classifier with λ %g hits %g samples, want %g", what, got.Probe.Ridge, count, hits)
	}
}

// judged is the loss of predictions, their hits, and how many of them are a matter of rounding.
func judged(got, want *mat.Dense, dtype dtypes.DType) (loss, hits, doubtful float64) {
	tolerance, _ := problem.Tolerance(problem.Classified, dtype)
	n, classes := want.Dims()
	for i := range n {
		best, gap := 0, math.Inf(1)
		for k := range classes {
			loss += math.Pow(got.At(i, k)-want.At(i, k), 2) / 2 / float64(n)
			if got.At(i, k) > got.At(i, best) {
				best = k
			}
		}
		for k := range classes {
			if k != best {
				gap = min(gap, got.At(i, best)-got.At(i, k))
			}
		}
		hits += want.At(i, best)
		if gap < tolerance*mat.Norm(got, math.Inf(1)) {
			doubtful++
		}
	}
	return loss, hits, doubtful
}

func (s scene) checkSpectrum(t *testing.T, what string, got features.Spectrum, want oracle.Directions) {
	t.Helper()
	for name, pair := range map[string][2]float64{
		"effective rank": {float64(got.EffectiveRank), want.Effective}, "stable rank": {float64(got.StableRank), want.Stable},
		"participation": {float64(got.Participation), want.Participation}, "largest eigenvalue": {float64(got.Largest), want.Largest},
	} {
		problem.CheckNumber(t, what+": "+name, problem.Represented, s.Config.DType, pair[0], pair[1])
	}
}

func checkInversion(t *testing.T, dtype dtypes.DType, blocks int, got []features.Inversion) {
	t.Helper()
	if len(got) != blocks+1 || got[0].Name != "network" || got[blocks].Name != model.CouplingName(2 * (blocks - 1))[:6] {
		t.Fatalf("inversion errors %+v of %d blocks", got, blocks)
	}
	tolerance, _ := problem.Tolerance(problem.Inverses, dtype)
	for _, row := range got {
		if !(row.All <= row.Worst) || !(float64(row.Worst) < 100*tolerance) || row.Worst == 0 {
			t.Errorf("%s is inverted with an error of %g, at worst %g", row.Name, row.All, row.Worst)
		}
	}
}
