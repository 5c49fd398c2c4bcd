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
)

// A damped split is the oracle's with (ΦᵀΦ + BλI)⁻¹Φᵀ or a relative level in every coupling, in each of the three forms, and its certificate says what it
// leaves undone.
func TestDampedSplitAgainstOracle(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, name := range []string{"paper", "fewer features than samples", "tanh, three blocks"} {
			for _, damping := range []gnstep.Damping{{Value: 0.01}, {Value: 0.003, Relative: true}} {
				for _, dtype := range problem.DTypes() {
					problem.LeaveToGo(t, b, name != "paper" || damping.Relative || testing.Short())
					c := problem.Named(name).In(t, dtype)
					o := split(c.Problem)
					o.Damping = damping
					s := take(t, b, c, o)
					checkDampedSplit(t, s, damping)
				}
			}
		}
	})
}

func checkDampedSplit(t *testing.T, s *taken, d gnstep.Damping) {
	t.Helper()
	dtype := s.Config.DType
	want, err := s.before.SplitStep(s.X, s.Y, oracle.Options{
		Loss: string(s.Loss), Carry: true,
		SolverFor: func(int, *mat.Dense) oracle.Solver {
			return func(phi, target *mat.Dense) (*mat.Dense, oracle.Solved, error) {
				level := float64(s.Rows) * d.Value
				if size := mat.Norm(phi, 2); d.Relative {
					level = d.Value * size * size / float64(s.Rows)
				}
				return oracle.IteratedTikhonov(phi, target, level, 0)
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	problem.Check(t, s.Name+": ΔZ", problem.Damped, dtype, inOneRow(s.change), inOneRow(want.DZ))
	problem.CheckNumber(t, s.Name+": certificate", problem.Damped, dtype, s.got.Cert, want.Cert)
	if s.got.Exact(dtype) || s.got.Cert < 1e-3 {
		t.Errorf("%s: certificate %g with damping %g, want APPROXIMATE", s.Name, s.got.Cert, d.Value)
	}
}

// The damped minimum norm is Jᵀ(HΘ + BλI)⁻¹ε for every curvature and loss, by the dense kernel and by conjugate gradients.
func TestDampedKernelAgainstOracle(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, name := range []string{"paper", "leaky ReLU"} { // cross-entropy, mse
			for _, curvature := range gnstep.Curvatures() {
				for _, solver := range []gnstep.Solver{gnstep.CG, gnstep.Cholesky} {
					t.Run(name+"/"+string(curvature)+"/"+string(solver), func(t *testing.T) {
						problem.LeaveToGo(t, b, name != "paper" || curvature != gnstep.ExactCurvature || solver != gnstep.CG)
						c := problem.Named(name).In(t, dtypes.Float64)
						o := options(c.Problem, gnstep.MinNorm, 0)
						o.Curvature, o.Lambda, o.Solver, o.Damping.Value = curvature, 0.1, solver, 0.02
						checkDampedKernel(t, take(t, b, c, o))
					})
				}
			}
		}
	})
}

func checkDampedKernel(t *testing.T, s *taken) {
	t.Helper()
	_, z := s.before.Forward(s.X)
	eps, err := oracle.Gradient(string(s.Loss), z, s.Targets(t))
	if err != nil {
		t.Fatal(err)
	}
	want, err := s.before.DampedStep(s.X, eps, s.curvatures(t, z), float64(s.Rows)*s.opts.Damping.Value)
	if err != nil {
		t.Fatal(err)
	}
	problem.Check(t, "ΔZ", problem.Kernel, s.Config.DType, inOneRow(s.change), inOneRow(want))
	if s.got.Cert < 1e-3 {
		t.Errorf("certificate %g with damping %g, want APPROXIMATE", s.got.Cert, s.opts.Damping.Value)
	}
}

// Where samples are confidently wrong the curvature vanishes and S⁺ε is beyond all bounds, but the damped step is not.
func TestDampedKernelOfSaturatedSamples(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, dtype := range problem.DTypes() {
			for _, solver := range []gnstep.Solver{gnstep.CG, gnstep.Cholesky} {
				problem.LeaveToGo(t, b, solver == gnstep.Cholesky || testing.Short())
				c := problem.Named("paper").In(t, dtype)
				c.X.Scale(16, c.X)
				_, z := c.Net.Forward(c.X)
				if largest := mat.Max(z); largest < 30 {
					t.Fatalf("the largest logit is %g: no sample is saturated", largest)
				}
				o := options(c.Problem, gnstep.MinNorm, 0)
				o.Curvature, o.Solver, o.Damping.Value = gnstep.ExactCurvature, solver, 0.02
				checkDampedKernel(t, take(t, b, c, o))
			}
		}
	})
}

// curvatures is the H of every sample that the options invert.
func (s *taken) curvatures(t *testing.T, z *mat.Dense) []*mat.Dense {
	t.Helper()
	var all []*mat.Dense
	for i := range s.Rows {
		h, err := oracle.Hessian(string(s.Loss), z.RawRowView(i))
		if err != nil {
			t.Fatal(err)
		}
		if s.opts.Curvature == gnstep.IdentityCurvature {
			h.Zero()
		}
		for k := range s.Classes {
			switch s.opts.Curvature {
			case gnstep.IdentityCurvature:
				h.Set(k, k, 1)
			case gnstep.DampedCurvature:
				h.Set(k, k, h.At(k, k)+s.opts.Lambda)
			}
		}
		all = append(all, h)
	}
	return all
}

// With the exact curvature of cross-entropy the minimum norm asks for the logits up to a constant a sample, which HJΔZ = ε does not see, and is shorter for it.
func TestMinNormModuloTheNullSpace(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, solver := range []gnstep.Solver{gnstep.CG, gnstep.Cholesky} {
			problem.LeaveToGo(t, b, solver == gnstep.Cholesky || testing.Short())
			c := problem.Named("paper").In(t, dtypes.Float64)
			o := options(c.Problem, gnstep.MinNorm, 0)
			o.Curvature, o.Solver = gnstep.ExactCurvature, solver
			s := take(t, b, c, o)
			_, z := s.before.Forward(s.X)
			u, err := oracle.Target(string(s.Loss), oracle.Exact, z, s.Targets(t), 0)
			if err != nil {
				t.Fatal(err)
			}
			projector := mat.NewDense(s.Classes, s.Classes, nil)
			projector.Apply(func(i, j int, _ float64) float64 {
				if i == j {
					return 1 - 1/float64(s.Classes)
				}
				return -1 / float64(s.Classes)
			}, projector)
			want, err := s.before.MinNormSeen(s.X, u, projector)
			if err != nil {
				t.Fatal(err)
			}
			problem.Check(t, string(solver)+": ΔZ", problem.Kernel, dtypes.Float64, inOneRow(s.change), inOneRow(want))
			if !s.got.Exact(dtypes.Float64) {
				t.Errorf("%s: certificate %g, want EXACT", solver, s.got.Cert)
			}
			all, _, err := s.before.MinNorm(s.X, u)
			if err != nil {
				t.Fatal(err)
			}
			if got, stricter := mat.Norm(inOneRow(s.change), 2), mat.Norm(inOneRow(all), 2); !(got < 0.999*stricter) {
				t.Errorf("%s: ‖ΔZ‖ = %g, not below the %g of holding all logits", solver, got, stricter)
			}
		}
	})
}
