// SPDX-License-Identifier: Apache-2.0

package claims_test

import (
	"slices"
	"testing"

	"github.com/spf13/pflag"

	"revgn/internal/claims"
	"revgn/internal/config"
)

// Every run that a claim needs is one that train accepts, at every scale, and no two arms of a setting are the same run but where that is meant.
func TestEveryRunIsValid(t *testing.T) {
	for _, scale := range claims.Scales() {
		for _, task := range claims.Tasks(scale) {
			for _, cell := range claims.Cells(claims.Claims()) {
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
				sweep, err := claims.Judged(arm, setting, scale, rate)
				if err != nil {
					t.Fatal(err)
				}
				checkRuns(t, sweep)
				if tuning, ok := claims.Tuning(arm, setting, scale); ok {
					checkRuns(t, tuning)
				}
			}
		}
	}
}

// checkRuns resolves the options of a sweep as train does, with the first value of each axis.
func checkRuns(t *testing.T, s claims.Sweep) {
	t.Helper()
	var o config.Options
	fs := pflag.NewFlagSet("train", pflag.ContinueOnError)
	o.AddFlags(fs)
	options := slices.Clone(s.Fixed)
	for _, a := range s.Axes {
		options = append(options, claims.Option{Name: a.Name, Value: a.Values[0]})
	}
	seen := map[string]bool{}
	for _, option := range options {
		if seen[option.Name] {
			t.Errorf("%s stands twice in %v", option.Name, options)
		}
		seen[option.Name] = true
		if err := fs.Set(option.Name, option.Value); err != nil {
			t.Errorf("%v: %v", options, err)
		}
	}
	resolved, err := config.Resolve(fs)
	if err == nil {
		err = resolved.Validate()
	}
	if err != nil {
		t.Errorf("%v: %v", options, err)
	}
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
		if slices.Contains(scale.Seeds(), scale.TuningSeed()) || len(scale.Seeds()) < claims.LeastSeeds {
			t.Errorf("%s: seeds %v, tuning seed %d", scale, scale.Seeds(), scale.TuningSeed())
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
	for _, id := range []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"} {
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
		if classes[claims.Exact] != (c.Variation == claims.ByExact) {
			t.Errorf("claim %s (%s) is about the wrong class", c.ID, c.Variation)
		}
	}
}
