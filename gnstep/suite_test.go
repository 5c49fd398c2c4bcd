// SPDX-License-Identifier: Apache-2.0

package gnstep_test

import (
	"slices"
	"testing"

	"github.com/gomlx/compute/dtypes"

	"revgn/gnstep"
	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/problem"
	"revgn/internal/steppertest"
	"revgn/model"
)

// family are members of the family of exact steps and what regularises them, for two blocks.
func family() map[string]func(*gnstep.Options) {
	lm := gnstep.Damping{Value: 1e-3, Schedule: gnstep.LMDamping}
	return map[string]func(*gnstep.Options){
		"split":               func(*gnstep.Options) {},
		"split, not carrying": func(o *gnstep.Options) { o.Carry = false },
		"last":                func(o *gnstep.Options) { o.Shares = gnstep.LastShare(2) },
		"first":               func(o *gnstep.Options) { o.Shares = gnstep.FirstShare(2) },
		"weights":             func(o *gnstep.Options) { o.Shares = []float64{0.3, 0.7} },
		"min-norm":            func(o *gnstep.Options) { o.Inverse = gnstep.MinNorm },
		"min-norm by cg":      func(o *gnstep.Options) { o.Inverse, o.Solver = gnstep.MinNorm, gnstep.CG },
		"min-norm, cut":       func(o *gnstep.Options) { o.Inverse, o.Rtol = gnstep.MinNorm, 0.05 },
		"min-norm, damped":    func(o *gnstep.Options) { o.Inverse, o.Damping.Value = gnstep.MinNorm, 0.01 },
		"mix":                 func(o *gnstep.Options) { o.Inverse, o.Tau = gnstep.Mix, 0.5 },
		"exact curvature":     func(o *gnstep.Options) { o.Curvature = gnstep.ExactCurvature },
		"egn": func(o *gnstep.Options) {
			o.Inverse, o.Curvature, o.Damping.Value = gnstep.MinNorm, gnstep.ExactCurvature, 0.01
		},
		"egn by cg": func(o *gnstep.Options) {
			o.Inverse, o.Curvature, o.Damping.Value, o.Solver = gnstep.MinNorm, gnstep.ExactCurvature, 0.01, gnstep.CG
		},
		"damped curvature":     func(o *gnstep.Options) { o.Curvature, o.Lambda = gnstep.DampedCurvature, 0.1 },
		"truncated":            func(o *gnstep.Options) { o.Rtol = 0.05 },
		"damped":               func(o *gnstep.Options) { o.Damping = gnstep.Damping{Value: 1e-3, Relative: true} },
		"Levenberg-Marquardt":  func(o *gnstep.Options) { o.Damping = lm },
		"min-norm under LM":    func(o *gnstep.Options) { o.Inverse, o.Damping = gnstep.MinNorm, lm },
		"Armijo":               func(o *gnstep.Options) { o.LineSearch = gnstep.Armijo },
		"heavy ball":           func(o *gnstep.Options) { o.Memory, o.Beta = gnstep.HeavyBall, 0.5 },
		"SPRING":               func(o *gnstep.Options) { o.Memory, o.Beta = gnstep.Spring, 0.9 },
		"SPRING, minimum norm": func(o *gnstep.Options) { o.Memory, o.Beta, o.Inverse = gnstep.Spring, 0.9, gnstep.MinNorm },
		"noise":                func(o *gnstep.Options) { o.Noise = 0.1 },
	}
}

// maker makes a Gauss-Newton step of the options.
func maker(o gnstep.Options) steppertest.Maker {
	return func(b *backend.Backend, vars *model.Variables) (gnstep.Stepper, error) {
		return gnstep.New(b.Backend, vars, o)
	}
}

func TestStepperSuite(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for name, change := range family() {
			for _, dtype := range problem.DTypes() {
				t.Run(name+"/"+dtype.String(), func(t *testing.T) {
					problem.LeaveToGo(t, b, dtype == dtypes.Float64 || !compiledInSuite(name) || name != "split" && testing.Short())
					o := gnstep.DefaultOptions()
					change(&o)
					steppertest.Run(t, b, problem.Named("paper").In(t, dtype), 0.1, maker(o))
				})
			}
		}
	})
}

// compiledInSuite tells which members run on backends that compile for seconds: one of each graph that differs much.
func compiledInSuite(name string) bool {
	return slices.Contains([]string{"split", "mix", "egn by cg", "truncated", "Levenberg-Marquardt", "Armijo", "SPRING", "noise"}, name)
}
