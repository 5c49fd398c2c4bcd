// SPDX-License-Identifier: Apache-2.0

package gnstep_test

import (
	"testing"

	"github.com/gomlx/compute/dtypes"

	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/oracle"
	"revgn/internal/problem"
)

// A truncated step is the oracle's by singular value decompositions with the same cut: the same ΔZ, the same ranks, and a certificate that says what was left
// out.
func TestTruncatedStepAgainstOracle(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, name := range []string{"paper", "tanh, three blocks", "fewer features than samples", "one identity block above its rank"} {
			for _, carry := range []bool{false, true} {
				problem.LeaveToGo(t, b, testing.Short() || name != "paper" || carry)
				c := problem.Named(name).In(t, dtypes.Float64)
				o := split(c.Problem)
				o.Rtol, o.Carry = 0.05, carry
				s := take(t, b, c, o)
				want, err := s.before.SplitStep(c.X, c.Y, oracle.Options{
					Loss: string(c.Loss), Carry: carry, Solver: oracle.PseudoInverse(oracle.Cut{Rtol: o.Rtol, Eps: oracle.EpsCut.Eps}),
				})
				if err != nil {
					t.Fatal(err)
				}
				problem.Check(t, name+": ΔZ", problem.Truncated, dtypes.Float64, inOneRow(s.change), inOneRow(want.DZ))
				problem.CheckNumber(t, name+": certificate", problem.Truncated, dtypes.Float64, s.got.Cert, want.Cert)
				for i, k := range s.got.Couplings {
					if got := int(k.Rank + 0.5); got != want.Couplings[i].Rank {
						t.Errorf("%s, %s: rank %d, want %d", name, k.Name, got, want.Couplings[i].Rank)
					}
					within := want.Couplings[i].SigmaMin
					if off := (k.SigmaMin - within) / within; off < -1e-6 || off > 0.1 {
						t.Errorf("%s, %s: smallest σ kept %g, want %g", name, k.Name, k.SigmaMin, within)
					}
				}
			}
		}
	})
}

// What is cut is seen: the certificate of a truncated step is far above that of an exact one.
func TestTruncationIsNotExact(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		problem.LeaveToGo(t, b, true)
		c := problem.Named("paper").In(t, dtypes.Float32)
		o := split(c.Problem)
		o.Rtol = 0.2
		if s := take(t, b, c, o); s.got.Exact(dtypes.Float32) || s.got.Cert < 0.01 {
			t.Errorf("certificate %g at rtol 0.2, want APPROXIMATE", s.got.Cert)
		}
	})
}
