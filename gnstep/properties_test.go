// SPDX-License-Identifier: Apache-2.0

package gnstep_test

import (
	"math"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"gonum.org/v1/gonum/mat"

	"revgn/gnstep"
	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/problem"
	"revgn/model"
)

// The error of the linearisation falls in proportion to α, where σ is smooth: ten times less for a tenth of the step.
func TestLinearisationErrorFallsInProportion(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, name := range []string{"gelu", "silu, four blocks"} {
			t.Run(name, func(t *testing.T) {
				problem.LeaveToGo(t, b, name != "gelu" || testing.Short())
				c := problem.Named(name).In(t, dtypes.Float64)
				s := take(t, b, c, split(c.Problem))
				small, smaller := s.before.Linearisation(c.X, s.change, s.got.Change, 1e-4), s.before.Linearisation(c.X, s.change, s.got.Change, 1e-5)
				if ratio := small / smaller; math.Abs(ratio-10) > 0.5 {
					t.Errorf("error %g at α = 1e-4, %g at 1e-5: ratio %.3g, want 10", small, smaller, ratio)
				}
			})
		}
	})
}

// The last block alone changes what it holds, and what lies below stays as it is to the last bit.
func TestLastLeavesLowerBlocksAlone(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		problem.LeaveToGo(t, b, testing.Short())
		c := problem.Named("paper").In(t, dtypes.Float32)
		o := split(c.Problem)
		o.Shares = gnstep.LastShare(2)
		s := take(t, b, c, o)
		for i := range c.Config.Couplings() {
			if same := mat.Equal(s.before.Z(i), s.after.Z(i)); same != (i < 2) {
				t.Errorf("%s: unchanged is %v, want %v", model.CouplingName(i), same, i < 2)
			}
		}
		if names := len(s.got.Couplings); names != 2 || s.got.Couplings[0].Name != "block1.f" {
			t.Errorf("the certificate lists %v, want block1.f and block1.g", s.got.Couplings)
		}
	})
}

// Carrying makes exact what the plain split leaves short, because the identity block reaches only part of its share; where every block is exact it changes
// nothing.
func TestCarryingMakesUpForTheIdentityBlock(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		problem.LeaveToGo(t, b, true)
		both := func(name string) (carried, plain *taken) {
			o := split(problem.Named(name))
			carried = take(t, b, problem.Named(name).In(t, dtypes.Float64), o)
			o.Carry = false
			return carried, take(t, b, problem.Named(name).In(t, dtypes.Float64), o)
		}
		carried, plain := both("paper")
		if !(carried.got.Cert < 1e-9 && plain.got.Cert > 0.1) {
			t.Errorf("certificate %g carrying, %g not, want under 1e-9 and above 0.1", carried.got.Cert, plain.got.Cert)
		}
		carried, plain = both("leaky ReLU")
		problem.Check(t, "ΔZ with and without carrying, where every block is exact", problem.Solution, dtypes.Float64, inOneRow(carried.change), inOneRow(plain.change))
	})
}
