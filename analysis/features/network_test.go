// SPDX-License-Identifier: Apache-2.0

package features_test

import (
	"math"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"gonum.org/v1/gonum/mat"

	"revgn/analysis/sites"
	"revgn/internal/backend"
	"revgn/internal/problem"
)

// A branch far larger than the stream costs the input its last digits, in its own block and in the network.
func TestInversionOfALargeBranch(t *testing.T) {
	onGo(t, func(t *testing.T, b *backend.Backend) {
		c := problem.Named("paper").In(t, dtypes.Float32)
		s := newScene(t, c, fitted, probed)
		s.setup.Kinds = []sites.Kind{sites.Input}
		bias := mat.NewDense(1, c.Width/2, nil)
		bias.Apply(func(int, int, float64) float64 { return 1e5 }, bias)
		problem.Set(t, c.Vars.Variable("block1.g.b"), problem.Tensor(dtypes.Float32, bias, c.Width/2))
		state := measure(t, newMeter(t, b, s))
		r := compare(t, state, state).Inversion
		network, first, second := float64(r[0].Worst), float64(r[1].Worst), float64(r[2].Worst)
		if !(second > 1e-4 && second < 0.1) || !(network > 1e-4) || !(first < 1e-5) {
			t.Errorf("at worst %g of the network, %g of block 0, %g of block 1; want about 1e-3, rounding, about 1e-3", network, first, second)
		}
	})
}

// A linearised network has no inverse, and its features stay those at the start.
func TestLinearised(t *testing.T) {
	onGo(t, func(t *testing.T, b *backend.Backend) {
		for _, p := range problem.Controls() {
			if p.Linearised && p.Scale == 0 {
				c := p.In(t, dtypes.Float64)
				s := newScene(t, c, fitted, probed)
				state := measure(t, newMeter(t, b, s))
				r := compare(t, state, state)
				if r.Inversion != nil {
					t.Errorf("inversion errors %v", r.Inversion)
				}
				last := r.Sites[len(r.Sites)-1]
				s.check(t, last.Name, last.Now, c.Net.Trace(s.fit).Logits, c.Net.Trace(s.probe).Logits)
			}
		}
	})
}

// Weights that are no numbers leave sites without numbers, and those that do not depend on them as they were.
func TestNotFinite(t *testing.T) {
	onGo(t, func(t *testing.T, b *backend.Backend) {
		c := paper(t)
		s := newScene(t, c, fitted, probed)
		m := newMeter(t, b, s)
		start := measure(t, m)
		problem.Set(t, c.Vars.Variable("block1.f.b"), problem.Tensor(dtypes.Float64, mat.NewDense(1, 4, []float64{math.NaN(), 0, 0, 0}), 4))
		for _, row := range compare(t, start, measure(t, m)).Sites {
			lost := strings.HasPrefix(row.Name, "block1.") && row.Name != "block1.f.features" || row.Name == "logits"
			if math.IsNaN(float64(row.Now.Plain.EffectiveRank)) != lost || (row.Now.Probe == nil) != lost || (row.Gain == nil) != lost {
				t.Errorf("%s: %+v", row.Name, row.Now)
			}
		}
	})
}
