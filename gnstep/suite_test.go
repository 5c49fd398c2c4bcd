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

// family are members of the family of exact steps, for two blocks.
func family() map[string]func(*gnstep.Options) {
	return map[string]func(*gnstep.Options){
		"split":               func(*gnstep.Options) {},
		"split, not carrying": func(o *gnstep.Options) { o.Carry = false },
		"last":                func(o *gnstep.Options) { o.Shares = gnstep.LastShare(2) },
		"first":               func(o *gnstep.Options) { o.Shares = gnstep.FirstShare(2) },
		"weights":             func(o *gnstep.Options) { o.Shares = []float64{0.3, 0.7} },
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
					problem.LeaveToGo(t, b, dtype == dtypes.Float64 || name != "split" && testing.Short())
					o := gnstep.DefaultOptions()
					change(&o)
					steppertest.Run(t, b, problem.Named("paper").In(t, dtype), 0.1, maker(o))
				})
			}
		}
	})
}
