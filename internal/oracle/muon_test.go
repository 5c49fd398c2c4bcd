// SPDX-License-Identifier: Apache-2.0

package oracle

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// The iteration acts on singular values alone: of a diagonal matrix each entry goes its own way, and a rotation of rows and columns goes along.
func TestNewtonSchulzByHand(t *testing.T) {
	x := mat.NewDense(3, 2, []float64{3, 0, 0, 4, 0, 0}) // norm 5
	turn := func(s float64) float64 { return 3.4445*s - 4.7750*s*s*s + 2.0315*s*s*s*s*s }
	five := func(s float64) float64 { return turn(turn(turn(turn(turn(s))))) }
	want := mat.NewDense(3, 2, []float64{five(0.6), 0, 0, five(0.8), 0, 0})
	if c := Compare(NewtonSchulz(x), want); !c.Within(1e-14) {
		t.Error(c)
	}
	cos, sin := math.Cos(0.3), math.Sin(0.3)
	left := mat.NewDense(3, 3, []float64{0, cos, sin, 1, 0, 0, 0, -sin, cos})
	var turned, expected mat.Dense
	turned.Mul(left, x)
	expected.Mul(left, want)
	if c := Compare(NewtonSchulz(&turned), &expected); !c.Within(1e-13) {
		t.Error(c)
	}
	for _, s := range []float64{0.01, 0.1, 0.6, 1} {
		if v := five(s); !(v > 0.6 && v < 1.25) {
			t.Errorf("a singular value of %g ends at %g, far from 1", s, v)
		}
	}
}

// One weight: every gradient is its own norm, so that O is the same ±five(1) each time; the second step turns where the momentum has.
func TestMuonByHand(t *testing.T) {
	m := &Muon{Momentum: 0.5, Decay: 0.25}
	one := NewtonSchulz(mat.NewDense(1, 1, []float64{1})).At(0, 0)
	z := mat.NewDense(1, 1, []float64{2})
	z = m.Step(z, mat.NewDense(1, 1, []float64{3}), 0.1, 2) // v = 1.5, direction positive
	if want := 2*(1-0.025) - 0.2*one; math.Abs(z.At(0, 0)-want) > 1e-14 {
		t.Errorf("after one step %.15g, want %.15g", z.At(0, 0), want)
	}
	before := z.At(0, 0)
	z = m.Step(z, mat.NewDense(1, 1, []float64{-0.6}), 0.1, 2) // v = 0.45, then half way from -0.6 to it: negative
	if want := before*(1-0.025) + 0.2*one; math.Abs(z.At(0, 0)-want) > 1e-14 {
		t.Errorf("after two steps %.15g, want %.15g", z.At(0, 0), want)
	}
}
