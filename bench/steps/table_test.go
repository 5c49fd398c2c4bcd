// SPDX-License-Identifier: Apache-2.0

package main

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The whole section, of a step that is best at 0.8 (beyond its grid) and a baseline that is better at 0.2.
func TestSection(t *testing.T) {
	f := &fake{loss: func(optimizer string, lr float64, seed int) float64 {
		if optimizer == "gn" {
			return valley(0.8)("", lr, seed)
		}
		return valley(0.2)("", lr, seed) - 0.25
	}}
	b, _ := comparison(t, f, two(), "--steps", "3", "--preset", "digits", "--data-dir", "elsewhere")
	want := `§§§console
$ make table ARGS="--preset digits --steps 3"
§§§

After 3 steps on mnist (60000 training and 10000 test samples), each method at its own best rate, by training loss; mean ± half-width of the 95 % t-interval over 3 seeds (t = 4.303).

| step | §revgn train§ with | rates tried | rate | EXACT | worst certificate | train loss | test loss | test accuracy | seconds a step |
|---|---|---|---|---|---|---|---|---|---|
| sgd | §--optimizer sgd§ | 0.1, 0.2, 0.4 | 0.2 |  |  | 0.260 ± 0.025 | 0.520 ± 0.050 | 0.9740 ± 0.0025 | 2 |
| split | §--inverse split§ | 0.1, 0.2, 0.4, +0.8, +1.6 | 0.8 | 6 of 9 | 3.0e-07 | 0.510 ± 0.025 | 1.020 ± 0.050 | 0.9490 ± 0.0025 | 2 |

Every rate of a grid ran with seed 42; a method's rate is the one whose run ended with the least loss over the whole training set. ` +
		"Test data has no part in the choice, or the test columns would be too good. A grid grew by its own factor where the best rate lay at its edge, at most 3 times: " +
		"these rates have a +. ∞ marks rates where a run was not finite, with whichever seed; they count for nothing. EXACT counts the steps of all seeds (42, 43, 44); seconds are medians over them.\n\n" +
		"Runs: backend xla:cpu, f32, 2 cores, revgn 0123456 with changes, go1.26.\n"
	if diff := cmp.Diff(strings.ReplaceAll(want, "§", "`"), table(t, b)); diff != "" {
		t.Errorf("section (-want +got):\n%s", diff)
	}
}

func TestEstimate(t *testing.T) {
	for n, want := range map[int]float64{2: 12.706, 3: 4.303, 5: 2.776, 10: 2.262} {
		if got := quantile(n); math.Abs(got-want) > 5e-4 {
			t.Errorf("t for %d values: %v, want %v", n, got, want)
		}
	}
	// s = 1 by hand, so that the half-width is t/√3.
	if e := newEstimate([]float64{1, 2, 3}); e.mean != 2 || math.Abs(e.half-2.48413771175) > 1e-9 {
		t.Errorf("1, 2, 3 give %+v, want 2 ± 2.484", e)
	}
	for _, c := range []struct {
		e    estimate
		want string
	}{
		{estimate{0.27512, 0.00834}, "0.2751 ± 0.0083"},
		{estimate{0.27512, 0.0999}, "0.275 ± 0.100"},
		{estimate{12.34, 3.21}, "12.3 ± 3.2"},
		{estimate{123.4, 32.1}, "123 ± 32"},
		{estimate{4.27463e14, 1.839e15}, "4.27e+14 ± 1.8e+15"},
		{estimate{1.25e-6, 3e-9}, "1.25e-06 ± 3.0e-09"},
		{newEstimate([]float64{0.5}), "0.5000"},
		{newEstimate([]float64{0.5, 0.5}), "0.5000"},
		{newEstimate([]float64{0.5, math.Inf(1)}), "not finite"},
	} {
		if got := c.e.String(); got != c.want {
			t.Errorf("%+v is %q, want %q", c.e, got, c.want)
		}
	}
}

func TestWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "steps.md")
	must(t, os.WriteFile(path, []byte("# Steps\n\n"+owned().Begin+"\n"+owned().End+"\n"), 0o644))
	f := &fake{loss: valley(0.2)}
	b, _ := comparison(t, f, two(), "--write", path)
	text := table(t, b)
	got, err := os.ReadFile(path)
	must(t, err)
	if want := "# Steps\n\n" + owned().Begin + "\n" + text + owned().End + "\n"; string(got) != want {
		t.Errorf("got %q", got)
	}
}
