// SPDX-License-Identifier: Apache-2.0

package rates

import (
	"math"
	"slices"
	"testing"
)

// The rates that are tried and the one that is chosen, for losses by rate.
func TestChoose(t *testing.T) {
	at := func(rate float64) func(float64) float64 {
		return func(x float64) float64 { return math.Abs(x - rate) }
	}
	upTo := func(limit float64) func(float64) float64 {
		return func(x float64) float64 {
			if x > limit {
				return math.NaN()
			}
			return -x
		}
	}
	never := func(float64) float64 { return math.NaN() }
	three, two, four := []float64{0.1, 0.2, 0.4}, []float64{0.1, 0.2}, []float64{0.01, 0.04, 0.16}
	for _, c := range []struct {
		name   string
		search Search
		loss   func(float64) float64
		tried  []float64
		best   float64
		edge   bool
	}{
		{"inside", Search{three, 3, 0, 0}, at(0.2), three, 0.2, false},
		{"in any order", Search{[]float64{0.4, 0.1, 0.2}, 3, 0, 0}, at(0.2), three, 0.2, false},
		{"upper edge, once", Search{three, 3, 0, 0}, at(0.4), []float64{0.1, 0.2, 0.4, 0.8}, 0.4, false},
		{"upper edge, twice", Search{three, 3, 0, 0}, at(0.8), []float64{0.1, 0.2, 0.4, 0.8, 1.6}, 0.8, false},
		{"lower edge", Search{three, 3, 0, 0}, at(0.05), []float64{0.025, 0.05, 0.1, 0.2, 0.4}, 0.05, false},
		{"the limit", Search{two, 2, 0, 0}, at(100), []float64{0.1, 0.2, 0.4, 0.8}, 0.8, true},
		{"no extension", Search{two, 0, 0, 0}, at(0), two, 0.1, true},
		{"the top", Search{three, 3, 0.9, 0}, at(100), []float64{0.1, 0.2, 0.4, 0.8}, 0.8, true},
		{"factor three", Search{[]float64{0.1, 0.3}, 1, 0, 0}, at(100), []float64{0.1, 0.3, 0.9}, 0.9, true},
		{"two alike", Search{three, 3, 0, 0}, func(x float64) float64 { return min(at(0.2)(x), at(0.4)(x)) }, three, 0.2, false},
		{"one rate is fixed", Search{[]float64{1}, 3, 0, 0}, at(2), []float64{1}, 1, false},
		{"divergence above", Search{three, 3, 0, 0}, upTo(0.3), three, 0.2, false},
		{"divergence everywhere goes down", Search{two, 2, 0, 0}, never, []float64{0.025, 0.05, 0.1, 0.2}, 0, true},
		{"saved by going down", Search{two, 3, 0, 0}, upTo(0.06), []float64{0.025, 0.05, 0.1, 0.2}, 0.05, false},
		{"finer on both sides", Search{four, 3, 0, 2}, at(0.04), []float64{0.01, 0.02, 0.04, 0.08, 0.16}, 0.04, false},
		{"finer moves the best", Search{four, 3, 0, 2}, at(0.019), []float64{0.0025, 0.005, 0.01, 0.02, 0.04, 0.16}, 0.02, false},
		{"finer after growing", Search{four, 3, 0, 2}, at(0.64), []float64{0.01, 0.04, 0.16, 0.32, 0.64, 1.28, 2.56}, 0.64, false},
		{"finer where it may not grow", Search{four, 0, 0, 2}, at(100), []float64{0.01, 0.04, 0.08, 0.16}, 0.16, true},
		{"fine enough", Search{three, 3, 0, 2}, at(0.2), three, 0.2, false},
		{"finer below divergence", Search{four, 3, 0, 2}, upTo(0.09), []float64{0.01, 0.02, 0.04, 0.08, 0.16}, 0.08, false},
	} {
		known := map[float64]float64{}
		choose := func() Choice {
			return c.search.Choose(func(rate float64) (float64, bool) {
				loss, ok := known[rate]
				return loss, ok
			})
		}
		got := choose()
		for len(got.Wants) > 0 {
			for _, rate := range got.Wants {
				known[rate] = c.loss(rate)
			}
			got = choose()
		}
		if !slices.Equal(got.Rates, c.tried) || got.Rate != c.best || got.Edge != c.edge || len(known) != len(c.tried) {
			t.Errorf("%s: %+v after %d runs, want %g of %v, at the edge: %t", c.name, got, len(known), c.best, c.tried, c.edge)
		}
	}
}
