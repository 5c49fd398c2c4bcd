// SPDX-License-Identifier: Apache-2.0

package claims_test

import (
	"math"
	"slices"
	"testing"

	"revgn/internal/claims"
)

// search runs Choose to its end against a loss.
func search(loss func(rate float64) float64, grid []float64, extensions int) (claims.Choice, int) {
	known := map[float64]float64{}
	for {
		c := claims.Choose(grid, known, extensions)
		if len(c.Wants) == 0 {
			return c, len(known)
		}
		for _, rate := range c.Wants {
			known[rate] = loss(rate)
		}
	}
}

func TestChoose(t *testing.T) {
	valley := func(at float64) func(float64) float64 {
		return func(rate float64) float64 {
			if rate > 40*at {
				return math.NaN()
			}
			return math.Abs(math.Log(rate / at))
		}
	}
	for _, c := range []struct {
		name  string
		loss  func(float64) float64
		rate  float64
		edge  bool
		tried []float64
	}{
		{"inside", valley(1), 1, false, []float64{0.5, 1, 2}},
		{"above", valley(4), 4, false, []float64{0.5, 1, 2, 4, 8}},
		{"far above", valley(100), 8, true, []float64{0.5, 1, 2, 4, 8}},
		{"below", valley(0.25), 0.25, false, []float64{0.125, 0.25, 0.5, 1, 2}},
		{"never finite", func(float64) float64 { return math.NaN() }, 0, true, []float64{0.125, 0.25, 0.5, 1, 2}},
	} {
		got, ran := search(c.loss, []float64{0.5, 1, 2}, 2)
		if got.Rate != c.rate || got.Edge != c.edge || !slices.Equal(got.Rates, c.tried) || ran != len(c.tried) {
			t.Errorf("%s: %+v after %d runs, want rate %g of %v", c.name, got, ran, c.rate, c.tried)
		}
	}
}

// A sweep gives each arm its rate, and refuses one that was not chosen.
func TestJudged(t *testing.T) {
	setting, err := claims.Tasks(claims.Smoke)[0].Setting(claims.MiniBatch)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		rate float64
		ok   bool
	}{"split": {0.5, true}, "adam": {0, false}, "linearised": {0.5, true}, "adam-preset": {0, true}, "released": {0.5, false}} {
		arm, err := claims.FindArm(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := claims.Judged(arm, setting, claims.Smoke, c.rate); (err == nil) != c.ok {
			t.Errorf("%s at rate %g: %v", name, c.rate, err)
		}
	}
	arm, _ := claims.FindArm("split")
	if s, _ := claims.Tuning(arm, setting, claims.Smoke); len(s.Axes[0].Values) != 3 || s.Axes[1].Values[0] != "100" {
		t.Errorf("tuning sweep %+v", s)
	}
}
