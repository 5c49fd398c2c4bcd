// SPDX-License-Identifier: Apache-2.0

package features_test

import (
	"testing"

	"github.com/gomlx/compute/dtypes"
	"gonum.org/v1/gonum/mat"

	"revgn/analysis"
	"revgn/analysis/features"
	"revgn/analysis/sites"
	"revgn/internal/backend"
	"revgn/internal/oracle"
	"revgn/internal/problem"
	"revgn/model"
)

// F of block 0 is ReLU of x2, which no weight moves; G sees x1 + b, which is put on the other side of zero for the samples and units that are wanted.
func TestPlantedSides(t *testing.T) {
	onGo(t, func(t *testing.T, b *backend.Backend) {
		config := model.Config{Width: 4, Blocks: 1, Hidden: 6, Classes: 2, Activation: model.ReLU, FirstActivation: model.ReLU, ProjGain: 1, Bias: true, DType: dtypes.Float64, Seed: 3}
		vars, err := model.NewVariables(config)
		if err != nil {
			t.Fatal(err)
		}
		// All G sees is ±(1, 2) times 1 or 3: 70 samples, of which 20 are far.
		x, y := make([]float32, 70*4), make([]int32, 70)
		for i := range y {
			size := float32(1)
			if i < 20 {
				size = 3
			}
			x[4*i], x[4*i+1], x[4*i+2], x[4*i+3], y[i] = size, 2*size, 1, 1, int32(i%2)
		}
		p, err := analysis.NewProbe("planted", "test", x, y, 2)
		if err != nil {
			t.Fatal(err)
		}
		m, err := features.New(b.Backend, vars, features.Setup{Probe: p, Kinds: []sites.Kind{sites.Logits}})
		if err != nil {
			t.Fatal(err)
		}
		start := measure(t, m)
		problem.Set(t, vars.Variable("block0.f.b"), problem.Tensor(dtypes.Float64, mat.NewDense(1, 2, []float64{-2, -4}), 2)) // near ones are now -(1, 2), far ones (1, 2)
		r := compare(t, start, measure(t, m))
		f, g := r.Couplings[0], r.Couplings[1]
		same(t, "f flipped", f.Flipped, 0)
		same(t, "f flipped units", f.FlippedUnits, 0)
		same(t, "g flipped", g.Flipped, 50.0/70)
		same(t, "g flipped units", g.FlippedUnits, 1)
		same(t, "g always on now", g.AlwaysOn, 0)
		same(t, "g always off now", g.AlwaysOff, 0)
		same(t, "g on or off for all at the start", g.Start.AlwaysOn+g.Start.AlwaysOff, 1)
		same(t, "g on", g.On, float64(g.Start.On)*20/70+(1-float64(g.Start.On))*50/70)
	})
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
