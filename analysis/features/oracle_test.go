// SPDX-License-Identifier: Apache-2.0

package features_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"gonum.org/v1/gonum/mat"

	"revgn/analysis"
	"revgn/analysis/features"
	"revgn/analysis/sites"
	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/number"
	"revgn/internal/oracle"
	"revgn/internal/problem"
	"revgn/model"
)

// scene is a case with samples to fit on and a probe set, on the host and for the oracle.
type scene struct {
	*problem.Case
	setup       features.Setup
	fit, probe  *mat.Dense
	yFit, yTest *mat.Dense
}

// fitted and probed are the numbers of samples of the scenes: with 40 and more features and 20 samples some sites leave the device as kernel matrices.
const fitted, probed = 18, 20

func newScene(t *testing.T, c *problem.Case, n, probes int) scene {
	t.Helper()
	s := scene{Case: c}
	rng := rand.New(rand.NewPCG(c.Seed, 5))
	set := func(count int) (analysis.Probe, *mat.Dense, *mat.Dense) {
		x, y := make([]float32, count*c.Width), make([]int32, count)
		for i := range y {
			y[i] = int32(rng.IntN(c.Classes))
			if i < c.Classes {
				y[i] = int32(i)
			}
			for j := range c.Width {
				x[i*c.Width+j] = float32(rng.NormFloat64())
				if j == int(y[i]) {
					x[i*c.Width+j] += 2
				}
			}
		}
		p, err := analysis.NewProbe("drawn", "test", x, y, c.Classes)
		if err != nil {
			t.Fatal(err)
		}
		hot, err := oracle.OneHot(y, c.Classes)
		if err != nil {
			t.Fatal(err)
		}
		return p, oracle.Dense(count, c.Width, x), hot
	}
	var fit analysis.Probe
	fit, s.fit, s.yFit = set(n)
	s.setup.Probe, s.probe, s.yTest = set(probes)
	s.setup.Fit, s.setup.Kinds = &fit, sites.Kinds()
	return s
}

// place is a site by the oracle, on samples x.
func place(n *oracle.Net, site sites.Site, x *mat.Dense) *mat.Dense {
	t := n.Trace(x)
	switch site.Kind {
	case sites.Input:
		return x
	case sites.Logits:
		return t.Logits
	case sites.Stream:
		return t.Streams[site.Coupling/2+1]
	case sites.Branch:
		var out mat.Dense
		out.Mul(t.Phi[site.Coupling], n.Z(site.Coupling))
		return &out
	}
	rows, _ := x.Dims()
	return mat.DenseCopyOf(t.Phi[site.Coupling].Slice(0, rows, 0, n.Hidden))
}

func measure(t *testing.T, m *features.Meter) *features.State {
	t.Helper()
	s, err := m.Measure(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newMeter(t *testing.T, b *backend.Backend, s scene) *features.Meter {
	t.Helper()
	m, err := features.New(b.Backend, s.Vars, s.setup)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
}

func compare(t *testing.T, start, now *features.State) *features.Result {
	t.Helper()
	r, err := features.Compare(start, now)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

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

// checkSides counts units that are on, sample by sample.
func checkSides(t *testing.T, got []features.CouplingRow, x *mat.Dense, first, second *oracle.Net) {
	t.Helper()
	before, after := first.Trace(x), second.Trace(x)
	at := 0
	for c := range before.Phi {
		name := model.CouplingName(c)
		if at == len(got) || got[at].Name != name {
			continue // an identity coupling; the number of rows is checked below
		}
		var was, is mat.Dense
		was.Mul(before.Inputs[c], first.C[c])
		is.Mul(after.Inputs[c], second.C[c])
		samples, units := is.Dims()
		var on, flipped, off, always, touched float64
		for k := range units {
			var count, changes float64
			for i := range samples {
				if is.At(i, k) > 0 {
					count++
				}
				if is.At(i, k) > 0 != (was.At(i, k) > 0) {
					changes++
				}
			}
			on, flipped = on+count, flipped+changes
			off, always, touched = off+one(count == 0), always+one(count == float64(samples)), touched+one(changes > 0)
		}
		row, h := got[at], float64(units)
		pairs := h * float64(samples)
		same(t, name+": on", row.On, on/pairs)
		same(t, name+": flipped", row.Flipped, flipped/pairs)
		same(t, name+": always off", row.AlwaysOff, off/h)
		same(t, name+": always on", row.AlwaysOn, always/h)
		same(t, name+": flipped units", row.FlippedUnits, touched/h)
		at++
	}
	identity := 0
	for c := range before.Phi {
		if act := second.Act; c < 2 && second.FirstAct == "identity" || c >= 2 && act == "identity" {
			identity++
		}
	}
	if at != len(got) || at != len(before.Phi)-identity {
		t.Errorf("%d rows of %d couplings, %d of them identities", len(got), len(before.Phi), identity)
	}
}

func one(b bool) float64 {
	if b {
		return 1
	}
	return 0
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

// same compares numbers of float64 sums.
func same(t *testing.T, what string, got number.Number, want float64) {
	t.Helper()
	if !(math.Abs(float64(got)-want) <= 1e-12*max(1, math.Abs(want))) {
		t.Errorf("%s: got %.15g, want %.15g", what, float64(got), want)
	}
}
