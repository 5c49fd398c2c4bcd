// SPDX-License-Identifier: Apache-2.0

package reproduce

import (
	"testing"

	"revgn/internal/claims"
	"revgn/internal/sweep"
)

// A run that goes on with another optimizer takes the steps of both; truncated steps are priced apart from exact ones, other cuts and rates are not.
func TestPriceOfRuns(t *testing.T) {
	run := func(arm string) sweep.Run {
		t.Helper()
		s := newBed(t, "7:published", "6:truncated", "2:exact").session()
		cells, err := s.Look(s.study.Tasks[0], s.study.Claims)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cells {
			if c.Cell.Arm.Name == arm && c.Cell.Setting.Name == claims.MiniBatch {
				judged, err := s.foreseen(c)
				if err != nil {
					t.Fatal(err)
				}
				return judged[0].Run
			}
		}
		t.Fatalf("no claim needs %s", arm)
		return sweep.Run{}
	}
	split, adam, switched, few, many := run("split"), run("adam"), run("adam-then-split"), run("cut1e-1"), run("cut1e-3")
	steps := stepsOf(split)
	p := Prices{steps: map[string]float64{stepKind(split): 5, stepKind(adam): 1, stepKind(few): 7}}
	for _, c := range []struct {
		name string
		run  sweep.Run
		want float64
	}{
		{"split", split, 5}, {"Adam", adam, 1}, {"half and half", switched, 3}, {"a cut", few, 7}, {"another cut", many, 7},
	} {
		got, known, err := p.of(c.run)
		if err != nil || !known || got != c.want*float64(steps) {
			t.Errorf("%s: %g s (%t, %v), want %g", c.name, got, known, err, c.want*float64(steps))
		}
	}
	if _, known, err := (Prices{steps: map[string]float64{stepKind(adam): 1}}).of(switched); known || err != nil {
		t.Errorf("a switched run of which one half has no price: known %t, %v", known, err)
	}
}

// An arm that shares all its runs with another says with which, and adds none.
func TestPlanOfSharedRuns(t *testing.T) {
	s := newBed(t, "11-size").session()
	lines, err := s.Plan(Prices{})
	if err != nil {
		t.Fatal(err)
	}
	with := map[string]string{}
	for _, l := range lines {
		if l.With != "" && l.Tuning+l.Judged > 0 {
			t.Errorf("%s shares all its runs with %s and has %d", l.Cell.Arm.Name, l.With, l.Tuning+l.Judged)
		}
		with[l.Cell.Arm.Name] = l.With
	}
	if with["split-share1"] != "" {
		t.Errorf("got %v: split-share1 comes first", with)
	}
	s = newBed(t, "2:exact", "11-size").session()
	if lines, err = s.Plan(Prices{}); err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		if l.Cell.Arm.Name == "split-share1" && l.With != "split" {
			t.Errorf("split-share1 is counted with %q, want split", l.With)
		}
	}
}
