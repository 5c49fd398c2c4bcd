// SPDX-License-Identifier: Apache-2.0

package gnstep_test

import (
	"testing"

	"revgn/gnstep"
	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/problem"
)

// The step of the oracle where h is large enough for XLA's CPU to have features in slabs, which the other problems are not.
func TestStepWithSlabsAgainstOracle(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		p := problem.Named("paper")
		p.Hidden = 2050
		for _, dtype := range problem.DTypes() {
			t.Run(dtype.String(), func(t *testing.T) {
				c := p.In(t, dtype)
				taken := take(t, b, c, split(c.Problem))
				taken.check(t)
				if !taken.got.Exact(c.Config.DType) {
					t.Errorf("certificate %g, want EXACT, at most %g", taken.got.Cert, gnstep.Tolerance(c.Config.DType))
				}
			})
		}
	})
}
