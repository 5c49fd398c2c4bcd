// SPDX-License-Identifier: Apache-2.0

package report

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Thinning keeps both ends, the order, and the least and greatest value of any curve; thinning again does too.
func TestThinningKeepsExtremes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		curves := make([][]float64, rapid.IntRange(1, 3).Draw(t, "curves"))
		points := rapid.IntRange(1, 400).Draw(t, "points")
		for i := range curves {
			curves[i] = rapid.SliceOfN(rapid.Float64Range(-1e6, 1e6), points, points).Draw(t, "y")
		}
		n := rapid.IntRange(16, 300).Draw(t, "n")
		at := extremes(n, curves...)
		if len(at) > max(n, 2+2*len(curves)) || at[0] != 0 || at[len(at)-1] != points-1 || !slices.IsSorted(at) {
			t.Fatalf("%d of %d points: %v", len(at), points, at)
		}
		for _, y := range curves {
			kept := pick(y, at)
			if slices.Max(kept) != slices.Max(y) || slices.Min(kept) != slices.Min(y) {
				t.Fatalf("an extreme of %v is lost", y)
			}
		}
	})
}

func TestWithoutRepeats(t *testing.T) {
	got := (&Trace{Step: []float64{1, 2, 3, 4, 5}, Y: []float64{7, 7, 7, 8, 8}}).withoutRepeats()
	if !slices.Equal(got.Step, []float64{1, 3, 4, 5}) {
		t.Errorf("got %v", got.Step)
	}
}
