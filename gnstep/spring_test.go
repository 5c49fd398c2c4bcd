// SPDX-License-Identifier: Apache-2.0

package gnstep_test

import (
	"testing"

	"github.com/gomlx/compute/dtypes"
	"gonum.org/v1/gonum/mat"

	"revgn/gnstep"
	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/oracle"
	"revgn/internal/problem"
	"revgn/internal/steppertest"
)

// SPRING's second damped step minimises the quadratic model with ½λ‖ΔZ - βφ‖²: it is βφ + Jᵀ(HΘ + BλI)⁻¹(ε - HJβφ), for every curvature, with samples that
// are saturated and without.
func TestDampedSpring(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, curvature := range gnstep.Curvatures() {
			for _, size := range []float64{1, 16} {
				problem.LeaveToGo(t, b, true)
				c := problem.Named("paper").In(t, dtypes.Float64)
				o := options(c.Problem, gnstep.MinNorm, 0)
				o.Curvature, o.Lambda, o.Damping.Value, o.Memory, o.Beta = curvature, 0.1, 0.02, gnstep.Spring, 0.9
				r := steppertest.NewRig(t, b, c, maker(o))
				phi, _, _ := stepChange(t, r, c.X)
				phi.Scale(o.Beta, phi)
				x := c.Gaussian(77, c.Rows, c.Width)
				x.Scale(size, x)
				got, _, before := stepChange(t, r, x)
				problem.Check(t, string(curvature)+": ΔZ of the second step", problem.Kernel, dtypes.Float64, got, dampedSpring(t, &taken{Case: c, opts: o, before: before}, x, phi))
			}
		}
	})
}

// dampedSpring is the step on x that remembers φ, times β.
func dampedSpring(t *testing.T, s *taken, x, phi *mat.Dense) *mat.Dense {
	t.Helper()
	_, z := s.before.Forward(x)
	left, err := oracle.Gradient(string(s.Loss), z, s.Targets(t))
	if err != nil {
		t.Fatal(err)
	}
	curvatures := s.curvatures(t, z)
	_, seen := s.before.Tangent(x, s.before.Unflatten(oracle.Vec(phi)))
	for i, h := range curvatures {
		var bent mat.VecDense
		bent.MulVec(h, seen.RowView(i))
		for k := range s.Classes {
			left.Set(i, k, left.At(i, k)-bent.AtVec(k))
		}
	}
	change, err := s.before.DampedStep(x, left, curvatures, float64(s.Rows)*s.opts.Damping.Value)
	if err != nil {
		t.Fatal(err)
	}
	want := inOneRow(change)
	want.Add(want, phi)
	return want
}
