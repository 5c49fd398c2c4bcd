// SPDX-License-Identifier: Apache-2.0

package gnstep_test

import (
	"testing"

	"github.com/gomlx/compute/dtypes"

	"revgn/gnstep"
	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/problem"
	"revgn/internal/steppertest"
)

// hopeless is a step length at which no step lowers the loss.
const hopeless = 1e30

// However many steps the loss refuses, λ stays a number in Float32, and steps stay finite.
func TestDampingStaysInBounds(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		problem.LeaveToGo(t, b, true)
		c := problem.Named("paper").In(t, dtypes.Float32)
		o := options(c.Problem, gnstep.MinNorm, 0)
		o.Damping = gnstep.Damping{Value: 1e10, Schedule: gnstep.LMDamping}
		r := steppertest.NewRig(t, b, c, maker(o))
		var last steppertest.Result
		for range 50 { // 4⁵⁰ is 1e30
			last = r.Step(t, c.X, c.Y, hopeless)
		}
		if last.Accepted || !last.Finite || last.Damping != float64(float32(gnstep.MostDamping)) {
			t.Errorf("after 50 refused steps: %+v, want one that is finite, refused, at λ = %g", last.Report, gnstep.MostDamping)
		}
	})
}

// However many steps the line search refuses, it goes on from a length that still moves the weights.
func TestLineSearchComesBack(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		problem.LeaveToGo(t, b, true)
		c := problem.Named("paper").In(t, dtypes.Float32)
		o := split(c.Problem)
		o.LineSearch = gnstep.Armijo
		r := steppertest.NewRig(t, b, c, maker(o))
		for range 55 { // 8⁻⁵⁵ is nothing in Float32
			if got := r.Step(t, c.X, c.Y, hopeless); got.Accepted {
				t.Fatalf("%+v, want a step that is refused", got.Report)
			}
		}
		first := r.Step(t, c.X, c.Y, 1)
		second := r.Step(t, c.X, c.Y, 1)
		if !first.Accepted || !(first.StepNorm > 0) || second.Rate != 2*first.Rate {
			t.Errorf("after 55 refused steps: %+v, then %+v, want two that are made, the second twice as long", first.Report, second.Report)
		}
	})
}
