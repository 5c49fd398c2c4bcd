// SPDX-License-Identifier: Apache-2.0

package report

import (
	"math"
	"slices"
	"testing"
)

func TestInterval(t *testing.T) {
	// t of 2 degrees of freedom is 4.302653 (R: qt(0.975, 2)); the standard deviation of 1, 2, 6 is √7.
	mean, half := interval([]float64{1, 2, 6}, tFactor(3))
	if want := 4.302652729911275 * math.Sqrt(7.0/3); mean != 3 || math.Abs(half-want) > 1e-9 {
		t.Errorf("got %v ± %v, want 3 ± %v", mean, half, want)
	}
	if _, half := interval([]float64{1}, tFactor(1)); !math.IsNaN(half) {
		t.Errorf("one value has the interval %v", half)
	}
}

// A mean is of all runs or of none: one that ended early does not leave it to the others.
func TestBand(t *testing.T) {
	trace := func(steps, y []float64) *Trace { return &Trace{Step: steps, Y: y} }
	b := bandOf([]*Trace{trace([]float64{1, 2, 3, 5}, []float64{1, 2, 3, 9}), trace([]float64{1, 3, 4}, []float64{3, 5, 0})})
	if b.Runs != 2 || !slices.Equal(b.Step, []float64{1, 3}) || !slices.Equal(b.Mean, []float64{2, 4}) || !(b.Lo[0] < 2 && b.Hi[0] > 2) {
		t.Errorf("got %+v", b)
	}
	if b := bandOf([]*Trace{trace([]float64{1}, []float64{1}), trace([]float64{2}, []float64{1})}); b != nil {
		t.Errorf("runs without a common step have the mean %+v", b)
	}
	if b := bandOf([]*Trace{trace([]float64{1}, []float64{1})}); b != nil {
		t.Errorf("one run has the band %+v", b)
	}
}
