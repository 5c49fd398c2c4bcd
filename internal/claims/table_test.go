// SPDX-License-Identifier: Apache-2.0

package claims_test

import (
	"slices"
	"testing"

	"revgn/internal/claims"
	"revgn/internal/sweep"
)

// Every run that a claim needs is one that train accepts, at every scale, and reads all that it is given.
func TestEveryRunIsValid(t *testing.T) {
	for _, scale := range claims.Scales() {
		for _, task := range claims.Tasks(scale) {
			runs := map[string]bool{}
			for _, cell := range claims.Cells(claims.Claims()) {
				for _, s := range sweeps(t, cell, task, scale) {
					if scale != claims.Smoke { // the axes are of the same kind everywhere
						s = firstOnly(s)
					}
					for _, run := range expand(t, s) {
						runs[run.ID] = true
					}
				}
			}
			t.Logf("%s, %s: %d runs that differ", scale, task.Name, len(runs))
		}
	}
}

// firstOnly keeps the first value of each axis.
func firstOnly(s claims.Sweep) claims.Sweep {
	axes := slices.Clone(s.Axes)
	for i := range axes {
		axes[i].Values = axes[i].Values[:1]
	}
	s.Axes = axes
	return s
}

// sweeps are those of an arm in a setting, as if every rate came out as 0.5.
func sweeps(t *testing.T, cell claims.Cell, task claims.Task, scale claims.Scale) []claims.Sweep {
	t.Helper()
	arm, err := claims.FindArm(cell.Arm)
	if err != nil {
		t.Fatal(err)
	}
	setting, err := task.Setting(cell.Setting)
	if err != nil {
		t.Fatal(err)
	}
	rate := 0.
	if len(arm.Rate.Grid) > 0 || arm.Rate.As != "" {
		rate = 0.5
	}
	judged, err := claims.Judged(arm, setting, scale, rate)
	if err != nil {
		t.Fatal(err)
	}
	if tuning, ok := claims.Tuning(arm, setting, scale); ok {
		return []claims.Sweep{tuning, judged}
	}
	return []claims.Sweep{judged}
}

// expand makes the runs of a sweep as `revgn sweep` does.
func expand(t *testing.T, s claims.Sweep) []sweep.Run {
	t.Helper()
	var g sweep.Group
	for _, o := range s.Fixed {
		g.Fixed = append(g.Fixed, sweep.Axis{Name: o.Name, Values: []string{o.Value}})
	}
	combinations := 1
	for _, a := range s.Axes {
		g.Axes = append(g.Axes, sweep.Axis{Name: a.Name, Values: a.Values})
		combinations *= len(a.Values)
	}
	e, err := sweep.Definition{Groups: []sweep.Group{g}}.Expand()
	if err != nil {
		t.Fatalf("%v: %v", s, err)
	}
	if len(e.Invalid) > 0 || len(e.Unread) > 0 || len(e.Runs) != combinations {
		t.Errorf("%v: invalid %v, unread %v, %d runs, want %d", s, e.Invalid, e.Unread, len(e.Runs), combinations)
	}
	return e.Runs
}

// Every arm serves a claim, grids are equally long, and exact steps are asked for only where they can be.
func TestArms(t *testing.T) {
	cells := claims.Cells(claims.Claims())
	for _, a := range claims.Arms() {
		used := slices.ContainsFunc(cells, func(c claims.Cell) bool { return c.Arm == a.Name })
		if !used && a.Rate.As == "" {
			t.Errorf("no claim uses arm %s", a.Name)
		}
		if n := len(a.Rate.Grid); n != 0 && n != 5 {
			t.Errorf("arm %s: %d rates, want 5 as all others", a.Name, n)
		}
	}
	for _, scale := range claims.Scales() {
		judged := func(seed uint64) bool { return slices.Contains(scale.Seeds(), seed) }
		if len(scale.TuningSeeds()) == 0 || slices.ContainsFunc(scale.TuningSeeds(), judged) || len(scale.Seeds()) < claims.LeastSeeds {
			t.Errorf("%s: seeds %v, tuning seeds %v", scale, scale.Seeds(), scale.TuningSeeds())
		}
	}
}

// Claims are told apart by id and variation, and say why their thresholds are there.
func TestClaims(t *testing.T) {
	seen := map[string]bool{}
	published := map[string]bool{}
	for _, c := range claims.Claims() {
		key := c.ID + " " + string(c.Variation)
		if seen[key] {
			t.Errorf("claim %s stands twice", key)
		}
		seen[key], published[c.ID] = true, true
		if c.Statement == "" || c.Refuted == "" || len(c.Parts) == 0 {
			t.Errorf("claim %s is incomplete", key)
		}
		for _, p := range append(c.Premises, c.Parts...) {
			if p.Name == "" || p.Why == "" || p.Statistic.Definition == "" || p.Statistic.Of == nil || p.Direction != claims.Above && p.Direction != claims.Below {
				t.Errorf("claim %s, part %q is incomplete", key, p.Name)
			}
		}
	}
	for _, id := range []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14"} {
		if !published[id] {
			t.Errorf("no claim %s", id)
		}
	}
	if _, err := claims.ParseScale("cpus"); err == nil {
		t.Error("scale cpus was accepted")
	}
}

// No claim compares runs of both classes of steps.
func TestClassesNeverMix(t *testing.T) {
	for _, c := range claims.Claims() {
		classes := map[claims.Class]bool{}
		for _, cell := range claims.Cells([]claims.Claim{c}) {
			arm, err := claims.FindArm(cell.Arm)
			if err != nil {
				t.Fatal(err)
			}
			classes[arm.Class] = true
		}
		if classes[claims.Exact] == classes[claims.Approximate] {
			t.Errorf("claim %s (%s) has arms of the classes %v", c.ID, c.Variation, classes)
		}
		if classes[claims.Exact] != (c.Variation == claims.ByExact || c.Variation == claims.ByPublished) {
			t.Errorf("claim %s (%s) is about the wrong class", c.ID, c.Variation)
		}
	}
}

func TestOfPaper(t *testing.T) {
	for id, want := range map[string]bool{"1": true, "2-longer": true, "8": true, "9": false, "9-last": false, "13": false, "": false, "x": false} {
		if claims.OfPaper(id) != want {
			t.Errorf("claim %q is of the paper: %v, want %v", id, !want, want)
		}
	}
}
