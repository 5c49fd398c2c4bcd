// SPDX-License-Identifier: Apache-2.0

package stats_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"revgn/internal/stats"
)

// tolerance is of two float64 computations of the same formula, relative to the larger magnitude that goes into a number.
const tolerance = 1e-10

// fixtures is what testdata/fixtures.py wrote.
type fixtures struct {
	Levels    []float64     `json:"levels"`
	Cases     []fixture     `json:"cases"`
	Holm      []holmCase    `json:"holm"`
	Quantiles []quantileRow `json:"quantiles"`
}

type fixture struct {
	Name      string `json:"name"`
	A, B      []float64
	WelchB    []float64 `json:"welch_b"`
	Mean      meanCase  `json:"mean"`
	Paired    testCase  `json:"paired"`
	Against   testCase  `json:"against"` // of a - b, 0.25
	Welch     testCase  `json:"welch"`
	Wilcoxon  *signed   `json:"wilcoxon"`
	Bootstrap map[string]bootstrapCase
}

type meanCase struct {
	Mean, SE  float64
	Intervals [][2]float64
}

type testCase struct {
	T, DF, P, Above, Below float64
	Intervals              [][2]float64
}

type signed struct {
	N       int
	Plus, P float64
}

type bootstrapCase struct {
	Indices         [][]int
	Percentile, BCa [][2]float64
	Z0              float64 `json:"z0"`
	Acceleration    float64
	Jackknife       []float64
}

type holmCase struct{ P, Adjusted []float64 }

type quantileRow struct{ Level, DF, T float64 }

func load(t *testing.T) fixtures {
	t.Helper()
	text, err := os.ReadFile("testdata/fixtures.json")
	if err != nil {
		t.Fatal(err)
	}
	var f fixtures
	if err := json.Unmarshal(text, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// comparison keeps the worst error of all that it compares.
type comparison struct {
	t     *testing.T
	worst float64
	where string
}

// number compares with SciPy's, relative to want, or to scale where a difference of larger numbers made it.
func (c *comparison) number(name string, got, want, scale float64) {
	c.t.Helper()
	ratio := math.Abs(got-want) / max(math.Abs(want), scale)
	if got == want {
		ratio = 0
	}
	if !(ratio <= tolerance) {
		c.t.Errorf("%s: got %.17g, want %.17g, %.2g off", name, got, want, ratio)
	}
	if ratio > c.worst {
		c.worst, c.where = ratio, name
	}
}

func (c *comparison) interval(name string, got stats.Interval, want [2]float64) {
	c.t.Helper()
	scale := want[1] - want[0] // an end near zero is a difference of numbers that large
	c.number(name+" low", got.Low, want[0], scale)
	c.number(name+" high", got.High, want[1], scale)
}

func (c *comparison) test(name string, at func(level float64) stats.Test, levels []float64, want testCase) {
	c.t.Helper()
	for i, level := range levels {
		c.interval(name, at(level).Interval, want.Intervals[i])
	}
	got := at(0.95)
	c.number(name+" t", got.T, want.T, 0)
	c.number(name+" df", got.DF, want.DF, 0)
	c.number(name+" p", got.P, want.P, 0)
	c.number(name+" p above", got.PAbove, want.Above, 0)
	c.number(name+" p below", got.PBelow, want.Below, 0)
}

func (c *comparison) report() {
	c.t.Logf("worst relative error %.2g, of %s", c.worst, c.where)
}

func TestSciPyTests(t *testing.T) {
	f := load(t)
	c := &comparison{t: t}
	for _, x := range f.Cases {
		m := stats.MeanOf(x.A, 0.95)
		c.number(x.Name+" mean", m.Mean, x.Mean.Mean, 0)
		c.number(x.Name+" se", m.SE, x.Mean.SE, 0)
		for i, level := range f.Levels {
			c.interval(x.Name+" mean", stats.MeanOf(x.A, level).Interval, x.Mean.Intervals[i])
		}
		paired := func(mu float64) func(float64) stats.Test {
			return func(level float64) stats.Test {
				test, err := stats.Paired(x.A, x.B, mu, level)
				if err != nil {
					t.Fatal(err)
				}
				return test
			}
		}
		c.test(x.Name+" paired", paired(0), f.Levels, x.Paired)
		c.test(x.Name+" against 0.25", paired(0.25), f.Levels, x.Against)
		c.test(x.Name+" welch", func(level float64) stats.Test { return stats.Welch(x.A, x.WelchB, 0, level) }, f.Levels, x.Welch)
	}
	for _, q := range f.Quantiles {
		c.number("quantile", stats.CriticalT(q.Level, q.DF), q.T, 0)
	}
	c.report()
}

func TestSciPyBootstrap(t *testing.T) {
	f := load(t)
	c := &comparison{t: t}
	statistics := map[string]func([]float64) float64{"mean": mean, "logsquare": logSquare}
	seen := 0
	for _, x := range f.Cases {
		for name, want := range x.Bootstrap {
			seen++
			statistic, what := statistics[name], x.Name+" "+name
			replicates, without := stats.Replicates(x.A, statistic, want.Indices), stats.Jackknife(x.A, statistic)
			for i, s := range want.Jackknife {
				c.number(what+" jackknife", without[i], s, 0)
			}
			bca := stats.NewBCa(statistic(x.A), replicates, without)
			c.number(what+" z0", bca.Bias, want.Z0, 1) // Φ(z₀) is what is counted
			c.number(what+" acceleration", bca.Acceleration, want.Acceleration, 0)
			for i, level := range f.Levels {
				c.interval(what+" percentile", stats.Percentile(replicates, level), want.Percentile[i])
				c.interval(what+" bca", bca.Interval(replicates, level), want.BCa[i])
			}
		}
	}
	if seen != 6 {
		t.Errorf("%d bootstraps in the fixtures, want 6", seen)
	}
	c.report()
}

func TestSciPyRanks(t *testing.T) {
	f := load(t)
	c := &comparison{t: t}
	for _, x := range f.Cases {
		if x.Wilcoxon == nil {
			continue
		}
		differences := make([]float64, len(x.A))
		for i := range x.A {
			differences[i] = x.A[i] - x.B[i]
		}
		got, err := stats.Wilcoxon(differences)
		if err != nil || got.N != x.Wilcoxon.N {
			t.Errorf("%s: %d differences (%v), want %d", x.Name, got.N, err, x.Wilcoxon.N)
		}
		c.number(x.Name+" W+", got.Plus, x.Wilcoxon.Plus, 0)
		c.number(x.Name+" wilcoxon p", got.P, x.Wilcoxon.P, 0)
	}
	for _, family := range f.Holm {
		for i, p := range stats.Holm(family.P) {
			c.number("holm", p, family.Adjusted[i], 0)
		}
	}
	c.report()
}

func mean(x []float64) float64 {
	var sum float64
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

func logSquare(x []float64) float64 {
	var sum float64
	for _, v := range x {
		sum += v * v
	}
	return math.Log(sum / float64(len(x)))
}
