// SPDX-License-Identifier: Apache-2.0

package stats_test

import (
	"math"
	"slices"
	"testing"

	"revgn/internal/stats"
)

// For a mean the jackknife's error is the usual one, √(variance/m).
func TestJackknifeErrorOfAMean(t *testing.T) {
	draws := []float64{3, -1, 4, 1, 5}
	if got, want := stats.JackknifeError(stats.Jackknife(draws, mean)), stats.MeanOf(draws, 0.95).SE; math.Abs(got-want) > 1e-14 {
		t.Errorf("got %v, want %v", got, want)
	}
	for _, few := range [][]float64{nil, {1}} {
		if got := stats.JackknifeError(few); !math.IsNaN(got) {
			t.Errorf("of %d replicates: got %v, want NaN", len(few), got)
		}
	}
}

// What is not defined is NaN, never a number.
func TestUndefined(t *testing.T) {
	nan := math.NaN()
	for name, x := range map[string]float64{
		"mean of none":             stats.MeanOf(nil, 0.95).Mean,
		"interval of one":          stats.MeanOf([]float64{1}, 0.95).Interval.Low,
		"test of one":              stats.OneSample([]float64{1}, 0, 0.95).P,
		"test of alike at mu":      stats.OneSample([]float64{1, 1, 1}, 1, 0.95).P,
		"test with a NaN":          stats.OneSample([]float64{1, nan, 2}, 0, 0.95).P,
		"welch of one":             stats.Welch([]float64{1}, []float64{1, 2}, 0, 0.95).Interval.High,
		"level 1":                  stats.MeanOf([]float64{1, 2}, 1).Interval.Low,
		"bootstrap of one":         stats.Bootstrap([]float64{1}, mean, 0.95, 10, 1).Low,
		"bootstrap of alike":       stats.Bootstrap([]float64{1, 1, 1}, mean, 0.95, 10, 1).Low,
		"bootstrap with a NaN":     stats.Bootstrap([]float64{1, nan, 3}, mean, 0.95, 10, 1).Low,
		"quantile of none":         stats.Quantile(nil, 0.5),
		"holm of NaN":              stats.Holm([]float64{nan, 0.1})[0],
		"signed ranks with a NaN":  signedRank(t, []float64{1, nan}).P,
		"infinite value in a mean": stats.MeanOf([]float64{1, math.Inf(1)}, 0.95).Interval.Low,
	} {
		if !math.IsNaN(x) {
			t.Errorf("%s: got %v, want NaN", name, x)
		}
	}
	if _, err := stats.Paired([]float64{1, 2}, []float64{1}, 0, 0.95); err == nil {
		t.Error("pairs of different lengths were accepted")
	}
	if _, err := stats.Wilcoxon(make([]float64, 26)); err != nil {
		t.Errorf("zeros are left out, got %v", err)
	}
	if _, err := stats.Wilcoxon(slices.Repeat([]float64{1}, 26)); err == nil {
		t.Error("26 signed ranks were accepted")
	}
	if p := stats.Holm([]float64{nan, 0.1})[1]; p != 0.2 {
		t.Errorf("an unknown p counts as a hypothesis: got %v, want 0.2", p)
	}
}

// Values that are all alike have an interval of no width, and are certain to differ from anything else.
func TestAlike(t *testing.T) {
	test := stats.OneSample([]float64{2, 2, 2}, 1, 0.95)
	if test.Interval != (stats.Interval{Low: 2, High: 2}) || test.P != 0 || !test.Interval.Above(1) || test.Interval.Below(1) {
		t.Errorf("got %+v", test)
	}
}

// The same seed draws the same, another seed something else, and every index comes up about equally often.
func TestResamples(t *testing.T) {
	first, counts := stats.Resamples(5, 4000, 1), make([]int, 5)
	for i, again := range stats.Resamples(5, 4000, 1) {
		if !slices.Equal(first[i], again) {
			t.Fatalf("resample %d: got %v, then %v", i, first[i], again)
		}
		for _, k := range again {
			counts[k]++
		}
	}
	for k, n := range counts {
		if n < 3800 || n > 4200 { // 4000 ± 57, the standard deviation
			t.Errorf("index %d was drawn %d times of 20,000", k, n)
		}
	}
	if slices.Equal(first[0], stats.Resamples(5, 1, 2)[0]) && slices.Equal(first[1], stats.Resamples(5, 2, 2)[1]) {
		t.Error("another seed draws the same")
	}
}

// All signs of five differences alike are the strongest evidence that signed ranks can give.
func TestFewSignedRanks(t *testing.T) {
	if p := signedRank(t, []float64{1, 2, 3, 4, 5}).P; p != 1./16 {
		t.Errorf("got %v, want 1/16", p)
	}
	if r := signedRank(t, []float64{0, 0}); r.N != 0 || r.P != 1 {
		t.Errorf("of zeros alone: got %+v, want p = 1", r)
	}
}

func signedRank(t *testing.T, differences []float64) stats.SignedRank {
	t.Helper()
	r, err := stats.Wilcoxon(differences)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The interval covers the mean of normal draws in about 95 of 100 cases, also with five of them.
func TestCoverage(t *testing.T) {
	random := normals(3)
	covered := 0
	for range 2000 {
		draws := []float64{random(), random(), random(), random(), random()}
		if i := stats.MeanOf(draws, 0.95).Interval; i.Low <= 0 && i.High >= 0 {
			covered++
		}
	}
	if covered < 1870 || covered > 1930 { // 1900 ± 3 standard deviations of 9.7
		t.Errorf("covered %d of 2000, want about 1900", covered)
	}
}
