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
	"revgn/model"
)

// Levenberg and Marquardt: a good step lowers λ, one that raises the loss is not made, leaves every weight bit-equal and raises λ; the next λ is what the step
// after it reports.
func TestLevenbergMarquardt(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, inverse := range []gnstep.Inverse{gnstep.Split, gnstep.MinNorm} {
			problem.LeaveToGo(t, b, inverse == gnstep.MinNorm || testing.Short())
			c := problem.Named("paper").In(t, dtypes.Float64)
			o := options(c.Problem, inverse, 0)
			o.Damping = gnstep.Damping{Value: 0.1, Schedule: gnstep.LMDamping}
			r := steppertest.NewRig(t, b, c, maker(o))
			before := r.Weights(t)
			refused := r.Step(t, c.X, c.Y, 300)
			if refused.Accepted || !refused.Finite || refused.StepNorm != 0 || refused.Damping != 0.1 {
				t.Errorf("%s, α = 300: %+v, want a step that is finite and refused at λ = 0.1", inverse, refused.Report)
			}
			same(t, r.Weights(t), before)
			made := r.Step(t, c.X, c.Y, 0.05)
			if !made.Accepted || !(made.StepNorm > 0) || !(made.Ratio > 0.75) || made.Damping != 0.4 {
				t.Errorf("%s: %+v, want a step made with λ = 0.4 and a ratio near 1", inverse, made.Report)
			}
			if again := r.Step(t, c.X, c.Y, 0.05); !(again.Damping < made.Damping) || !(again.Report.Loss < made.Report.Loss) {
				t.Errorf("%s: λ %g after %g, loss %g after %g: both must fall", inverse, again.Damping, made.Damping, again.Report.Loss, made.Report.Loss)
			}
		}
	})
}

// same fails where a weight is not bit-equal.
func same(t *testing.T, got, want map[string][]float64) {
	t.Helper()
	for name, values := range want {
		for i, v := range values {
			if got[name][i] != v && model.IsTrained(name) {
				t.Fatalf("%s[%d] is %v, want %v bit for bit", name, i, got[name][i], v)
			}
		}
	}
}
