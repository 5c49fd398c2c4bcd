// SPDX-License-Identifier: Apache-2.0

package main

import (
	"math"
	"slices"
	"strings"
	"testing"

	"revgn/internal/record"
)

// The rate is chosen by the first seed, then the others run at it; where one of them diverges it makes way for the next best.
func TestChoice(t *testing.T) {
	s := &search{method: method{grid: octaves(0.1, 3)}, seeds: []uint{42, 43, 44}, extend: 3, known: map[trial]result{}}
	step := func(name string, tuned bool, rate float64, want ...trial) {
		t.Helper()
		if got := s.choose(); got.tuned != tuned || got.Rate != rate || !slices.Equal(got.trials, want) {
			t.Errorf("%s: tuned %t, rate %g, wants %v; want %t, %g, %v", name, got.tuned, got.Rate, got.trials, tuned, rate, want)
		}
	}
	step("at first", false, 0, trial{0.1, 42}, trial{0.2, 42}, trial{0.4, 42})
	s.known[trial{0.1, 42}], s.known[trial{0.2, 42}], s.known[trial{0.4, 42}] = ended(2), ended(1), ended(3)
	step("tuned", true, 0.2, trial{0.2, 43}, trial{0.2, 44})
	s.known[trial{0.2, 43}] = ended(math.NaN())
	step("another seed diverged", false, 0.1, trial{0.05, 42})
	s.known[trial{0.05, 42}] = ended(4)
	step("the next best", true, 0.1, trial{0.1, 43}, trial{0.1, 44})
	s.known[trial{0.1, 43}], s.known[trial{0.1, 44}] = ended(2), ended(2)
	step("all there", true, 0.1)
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
