// SPDX-License-Identifier: Apache-2.0

package report

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/plot"
)

func labels(ticks []plot.Tick) string {
	var list []string
	for _, t := range ticks {
		if t.Label != "" {
			list = append(list, t.Label)
		}
	}
	return strings.Join(list, " ")
}

func TestRoundTicksAreThoseAPersonWouldDraw(t *testing.T) {
	for _, c := range []struct {
		lo, hi float64
		want   string
	}{
		{4, 48, "5 10 15 20 25 30 35 40 45"},
		{1, 12, "2 4 6 8 10 12"},
		{1, 576, "100 200 300 400 500"},
		{-80, 80, "-80 -60 -40 -20 0 20 40 60 80"},
		{0.94, 1.001, "0.94 0.95 0.96 0.97 0.98 0.99 1.00"},
		{0, 1, "0.0 0.2 0.4 0.6 0.8 1.0"},
		{-0.3, 0.4, "-0.3 -0.2 -0.1 0.0 0.1 0.2 0.3 0.4"},
		{0, 3e7, "0 5e+06 1e+07 1.5e+07 2e+07 2.5e+07 3e+07"},
	} {
		if got := labels(roundTicks{}.Ticks(c.lo, c.hi)); got != c.want {
			t.Errorf("axis from %g to %g is named at %q, want %q", c.lo, c.hi, got, c.want)
		}
	}
}

func TestRoundTicksTellTheTruth(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 10000 {
		lo := (r.Float64() - 0.5) * math.Pow(10, float64(r.IntN(9)-4))
		hi := lo + (r.Float64()+1e-3)*math.Pow(10, float64(r.IntN(9)-4))
		ticks := roundTicks{}.Ticks(lo, hi)
		if hi-lo > 1e-3*math.Abs(hi) && len(ticks) < 3 || len(ticks) > 10 {
			t.Fatalf("axis from %g to %g has %d ticks, want 3 to 10", lo, hi, len(ticks))
		}
		for _, k := range ticks {
			said, err := strconv.ParseFloat(k.Label, 64)
			if err != nil || k.Value < lo || k.Value > hi || math.Abs(said-k.Value) > 1e-3*(hi-lo)+5e-4*math.Abs(k.Value) {
				t.Fatalf("axis from %g to %g says %q at %g: %v", lo, hi, k.Label, k.Value, err)
			}
		}
	}
}

func TestTicksOfExtremeAxes(t *testing.T) {
	for _, c := range [][2]float64{{-math.MaxFloat64, math.MaxFloat64}, {0, math.SmallestNonzeroFloat64}, {1e300, 1e300 * (1 + 1e-15)}, {1, 1}} {
		for _, k := range (roundTicks{}).Ticks(c[0], c[1]) {
			if math.IsNaN(k.Value) || k.Label == "" {
				t.Errorf("axis %v has the tick %v", c, k)
			}
		}
	}
	if got := labels(sparseLog{}.Ticks(1e-6, 1e6)); got != "1e-6 1e-4 0.01 1 100 10000 1e6" {
		t.Errorf("decades are named %s", got)
	}
}

func TestLogarithmicTicks(t *testing.T) {
	for _, c := range []struct {
		min, max float64 // of the values
		want     string
	}{
		{0.42, 1.66, "0.2 0.5 1 2"},
		{0.1, 10, "0.1 0.2 0.5 1 2 5 10"},
		{0.01, 10, "0.01 0.1 1 10"},
		{0.004, 0.3, "0.002 0.005 0.01 0.02 0.05 0.1 0.2 0.5"},
		{3e-5, 4e-5, "2e-5 5e-5"},
		{0.5, 0.5, "0.5 1"},
		{1e-300, 1e-300, "5e-301 1e-300 2e-300"},
		{1.7e308, 1.7e308, "1e308"},
		{1e-8, 3, "1e-8 1e-7 1e-6 1e-5 1e-4 0.001 0.01 0.1 1"},
	} {
		a := plot.Axis{Min: c.min, Max: c.max}
		widen(&a, true)
		if got := labels(sparseLog{}.Ticks(a.Min, a.Max)); got != c.want || a.Min > c.min || a.Max < c.max {
			t.Errorf("values from %g to %g: axis from %g to %g, named at %q, want %q", c.min, c.max, a.Min, a.Max, got, c.want)
		}
	}
}
