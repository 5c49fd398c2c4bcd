// SPDX-License-Identifier: Apache-2.0

package main

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"revgn/internal/record"
)

// The rates that are tried and the one that is chosen, for losses by rate.
func TestChoice(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name   string
		grid   []float64
		extend int
		loss   func(lr float64) float64
		tried  []float64
		best   float64 // 0: none
		edge   bool
	}{
		{"inside", octaves(0.1, 3), 3, func(lr float64) float64 { return math.Abs(lr - 0.2) }, []float64{0.1, 0.2, 0.4}, 0.2, false},
		{"upper edge, once", octaves(0.1, 3), 3, func(lr float64) float64 { return math.Abs(lr - 0.4) }, []float64{0.1, 0.2, 0.4, 0.8}, 0.4, false},
		{"upper edge, twice", octaves(0.1, 3), 3, func(lr float64) float64 { return math.Abs(lr - 0.8) }, []float64{0.1, 0.2, 0.4, 0.8, 1.6}, 0.8, false},
		{"lower edge", octaves(0.1, 3), 3, func(lr float64) float64 { return math.Abs(lr - 0.05) }, []float64{0.025, 0.05, 0.1, 0.2, 0.4}, 0.05, false},
		{"the limit", octaves(0.1, 2), 2, func(lr float64) float64 { return -lr }, []float64{0.1, 0.2, 0.4, 0.8}, 0.8, true},
		{"no extension", octaves(0.1, 2), 0, func(lr float64) float64 { return lr }, []float64{0.1, 0.2}, 0.1, true},
		{"factor three", []float64{0.1, 0.3}, 1, func(lr float64) float64 { return -lr }, []float64{0.1, 0.3, 0.9}, 0.9, true},
		{"two alike", octaves(0.1, 4), 3, func(lr float64) float64 { return min(math.Abs(lr-0.2), math.Abs(lr-0.4)) }, octaves(0.1, 4), 0.2, false},
		{"one rate is fixed", []float64{1}, 3, func(float64) float64 { return 2 }, []float64{1}, 1, false},
		{"divergence above", octaves(0.1, 3), 3, func(lr float64) float64 {
			if lr > 0.3 {
				return nan
			}
			return -lr
		}, []float64{0.1, 0.2, 0.4}, 0.2, false},
		{"divergence everywhere goes down", octaves(0.1, 2), 2, func(float64) float64 { return nan }, []float64{0.025, 0.05, 0.1, 0.2}, 0, true},
		{"saved by going down", octaves(0.1, 2), 3, func(lr float64) float64 {
			if lr > 0.06 {
				return nan
			}
			return -lr
		}, []float64{0.025, 0.05, 0.1, 0.2}, 0.05, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &search{method: method{grid: c.grid}, seeds: []uint{42, 43, 44}, extend: c.extend, known: map[trial]result{}}
			got := s.choose()
			for !got.tuned {
				for _, want := range got.wants {
					if want.seed != 42 {
						t.Fatalf("seed %d before the rate is settled", want.seed)
					}
					s.known[want] = ended(c.loss(want.lr))
				}
				got = s.choose()
			}
			if diff := cmp.Diff(c.tried, got.grid); diff != "" {
				t.Errorf("rates (-want +got):\n%s", diff)
			}
			if got.edge != c.edge {
				t.Errorf("edge %v, want %v", got.edge, c.edge)
			}
			var wants []trial
			if c.best > 0 {
				wants = []trial{{c.best, 43}, {c.best, 44}}
			}
			if !slices.Equal(got.wants, wants) || (got.best >= 0) != (c.best > 0) {
				t.Errorf("best %d, wants %v, want %v", got.best, got.wants, wants)
			}
		})
	}
}

func ended(loss float64) result {
	return result{summary: record.Summary{Status: record.Done, Last: record.Scores{TrainLoss: record.Some(loss)}}}
}

// The lists that cannot be wrong: names that --only and directories can tell apart, grids that go up, flags that revgn takes.
func TestMethods(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range methods() {
		if seen[folder(m.name)] || strings.ContainsAny(m.name, " ,\\") || strings.ContainsAny(folder(m.name), "/:+") {
			t.Errorf("name %q: not its own, or not for --only and a directory", m.name)
		}
		seen[folder(m.name)] = true
		if len(m.grid) == 0 || m.grid[0] <= 0 || !slices.IsSorted(m.grid) || len(slices.Compact(slices.Clone(m.grid))) != len(m.grid) {
			t.Errorf("%s: grid %v", m.name, m.grid)
		}
	}
	if _, err := parseOptions([]string{"--out", "x"}, methods(), nil); err != nil {
		t.Error(err)
	}
}
