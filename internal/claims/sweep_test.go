// SPDX-License-Identifier: Apache-2.0

package claims_test

import (
	"testing"

	"revgn/internal/claims"
)

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
