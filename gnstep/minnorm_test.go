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
	"revgn/internal/oracle"
	"revgn/internal/problem"
)

// options are the default step for the problem's loss through another inverse.
func options(p problem.Problem, inverse gnstep.Inverse, tau float64) gnstep.Options {
	o := split(p)
	o.Inverse, o.Tau = inverse, tau
	return o
}

// The minimum-norm step is the dense J⁺u, it does what it says on the logits, and no member of the family is shorter.
func TestMinNormAgainstOracle(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		problem.Each(t, b, problem.Heavy, func(t *testing.T, c *problem.Case) {
			for _, solver := range []gnstep.Solver{gnstep.CG, gnstep.Cholesky} {
				t.Run(string(solver), func(t *testing.T) {
					problem.LeaveToGo(t, b, solver == gnstep.Cholesky && c.Name != "paper")
					checkMinNorm(t, b, c, solver)
				})
			}
		})
	})
}

func checkMinNorm(t *testing.T, b *backend.Backend, drawn *problem.Case, solver gnstep.Solver) {
	t.Helper()
	c := drawn.Problem.In(t, drawn.Config.DType)
	o := options(c.Problem, gnstep.MinNorm, 0)
	o.Solver = solver
	s := take(t, b, c, o)
	dtype := c.Config.DType
	targets := c.Targets(t)
	_, z := s.before.Forward(c.X)
	u, err := oracle.Target(string(c.Loss), oracle.Identity, z, targets, 0)
	if err != nil {
		t.Fatal(err)
	}
	want, dense, err := s.before.MinNorm(c.X, u)
	if err != nil {
		t.Fatal(err)
	}
	_, logits := s.before.Tangent(c.X, s.change)
	problem.CheckNumber(t, "certificate", problem.Realised, dtype, s.got.Cert, oracle.Compare(logits, u).Rel)
	condition := math.Pow(dense.SigmaMax/dense.SigmaMin, 2)
	if dtype == dtypes.Float32 && condition > 1e4 {
		t.Logf("Θ has condition %.3g, too much for float32: certificate %g", condition, s.got.Cert)
		return
	}
	if !s.got.Exact(dtype) {
		t.Fatalf("certificate %g after %g iterations at condition %.3g, want EXACT", s.got.Cert, s.got.Iterations, condition)
	}
	problem.Check(t, string(solver)+": ΔZ", problem.Kernel, dtype, inOneRow(s.change), inOneRow(want))
}

// Every member of the family moves the logits of the batch alike; the minimum norm is the shortest, and a mix lies between.
func TestFamilyAgreesOnTheBatch(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		problem.LeaveToGo(t, b, testing.Short())
		for _, name := range []string{"paper", "leaky ReLU"} {
			c := problem.Named(name).In(t, dtypes.Float64)
			_, z := c.Net.Forward(c.X)
			u, err := oracle.Target(string(c.Loss), oracle.Identity, z, c.Targets(t), 0)
			if err != nil {
				t.Fatal(err)
			}
			norms := map[float64]float64{}
			for _, tau := range []float64{0, 0.5, 1} {
				s := take(t, b, problem.Named(name).In(t, dtypes.Float64), options(c.Problem, gnstep.Mix, tau))
				_, logits := s.before.Tangent(c.X, s.change)
				if off := oracle.Compare(logits, u).Rel; !(off <= 1e-9) {
					t.Errorf("%s, τ = %g: the logits move by %g off what is wanted", name, tau, off)
				}
				norms[tau] = mat.Norm(inOneRow(s.change), 2)
			}
			if !(norms[1] < norms[0.5] && norms[0.5] < norms[0]) {
				t.Errorf("%s: norms of the split %g, the mix %g, the minimum norm %g: they must fall", name, norms[0], norms[0.5], norms[1])
			}
		}
	})
}
