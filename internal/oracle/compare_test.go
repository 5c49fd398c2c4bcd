// SPDX-License-Identifier: Apache-2.0

package oracle

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
)

func TestCompare(t *testing.T) {
	want := Dense(2, 2, []float32{3, 0, 0, 4})
	got := Dense(2, 2, []float64{3, 0, -1, 4.5})
	c := Compare(got, want)
	if math.Abs(c.Rel-math.Sqrt(1.25)/5) > 1e-15 || c.Row != 1 || c.Col != 0 || c.Got != -1 || c.Want != 0 {
		t.Errorf("%+v", c)
	}
	if !c.Within(0.3) || c.Within(0.2) {
		t.Errorf("%v is within 0.3 and not within 0.2", c)
	}
	if z := Compare(want, mat.NewDense(2, 2, nil)); z.Rel != 5 {
		t.Errorf("against zero: %v, want the norm 5", z)
	}
	for _, bad := range []float64{math.NaN(), math.Inf(1)} {
		c := Compare(Dense(2, 2, []float64{3, bad, 0, 4}), want)
		if c.Within(1e300) || c.Row != 0 || c.Col != 1 {
			t.Errorf("%g: %+v", bad, c)
		}
	}
	if c := Compare(mat.NewDense(2, 3, nil), want); c.Within(1e300) || c.Problem == "" {
		t.Errorf("other shape: %+v", c)
	}
}

func TestCompareAllKeepsTheWorst(t *testing.T) {
	one := Dense(1, 1, []float64{1})
	list := func(v ...float64) (out []*mat.Dense) {
		for _, x := range v {
			out = append(out, Dense(1, 1, []float64{x}))
		}
		return out
	}
	want := []*mat.Dense{one, one, one}
	if c, i := CompareAll(list(1, 3, 2), want); c.Rel != 2 || i != 1 {
		t.Errorf("%v at %d", c, i)
	}
	if c, i := CompareAll(list(9, math.NaN(), 99), want); c.Within(1e300) || i != 1 {
		t.Errorf("%v at %d", c, i)
	}
	if c, _ := CompareAll(list(1), want); c.Within(1e300) {
		t.Errorf("other length: %v", c)
	}
}
