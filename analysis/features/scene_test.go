// SPDX-License-Identifier: Apache-2.0

package features_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"revgn/analysis"
	"revgn/analysis/features"
	"revgn/analysis/sites"
	"revgn/internal/backend"
	"revgn/internal/number"
	"revgn/internal/oracle"
	"revgn/internal/problem"
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

// same compares numbers of float64 sums.
func same(t *testing.T, what string, got number.Number, want float64) {
	t.Helper()
	if !(math.Abs(float64(got)-want) <= 1e-12*max(1, math.Abs(want))) {
		t.Errorf("%s: got %.15g, want %.15g", what, float64(got), want)
	}
}
