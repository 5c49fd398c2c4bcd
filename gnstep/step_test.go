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
	"revgn/model"
)

// split is the default step for the problem's loss.
func split(p problem.Problem) gnstep.Options {
	o := gnstep.DefaultOptions()
	o.Loss = p.Loss
	return o
}

// JΔZ = v for 1 to 6 blocks where the rank condition holds, and elsewhere the step of the oracle, whose certificate is as large.
func TestStepAgainstOracle(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		problem.Each(t, b, problem.Heavy, func(t *testing.T, c *problem.Case) {
			taken := take(t, b, c, split(c.Problem))
			taken.check(t)
			if c.Exact && !taken.got.Exact(c.Config.DType) {
				t.Errorf("certificate %g, want EXACT, at most %g", taken.got.Cert, gnstep.Tolerance(c.Config.DType))
			}
		})
	})
}

// The same for other members of the family: any shares, with and without carrying. Without it, a step is exact only if every block with a share is.
func TestFamilyAgainstOracle(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, tt := range []struct {
			name, problem string
			shares        []float64
			plain, exact  bool
		}{
			{"first", "paper", gnstep.FirstShare(2), false, true},
			{"last", "paper", gnstep.LastShare(2), false, true},
			{"last, not carrying", "paper", gnstep.LastShare(2), true, true},
			{"weights", "paper", []float64{0.9, 0.1}, false, true},
			{"split, not carrying, below an identity block", "paper", nil, true, false},
			{"first, not carrying", "leaky ReLU", gnstep.FirstShare(2), true, true},
			{"split, not carrying", "leaky ReLU", nil, true, true},
			{"weights over four blocks", "silu, four blocks", []float64{0.1, 0, 0.6, 0.3}, false, true},
			{"weights over four blocks, not carrying", "silu, four blocks", []float64{0.4, 0, 0.6, 0}, true, true},
			{"weights from the second block on", "silu, four blocks", []float64{0, 0.5, 0.5, 0}, false, true},
			{"projection, not carrying", "fewer features than samples", nil, true, false},
		} {
			t.Run(tt.name, func(t *testing.T) {
				problem.LeaveToGo(t, b, tt.name != "weights" || testing.Short())
				c := problem.Named(tt.problem).In(t, dtypes.Float64)
				o := split(c.Problem)
				o.Shares, o.Carry = tt.shares, !tt.plain
				taken := take(t, b, c, o)
				taken.check(t)
				if got := taken.got.Exact(dtypes.Float64); got != tt.exact {
					t.Errorf("exact is %v with certificate %g, want %v", got, taken.got.Cert, tt.exact)
				}
			})
		}
	})
}

// taken is a whole step, α = 1, with the network before and after it on the host.
type taken struct {
	*problem.Case
	opts          gnstep.Options
	got           steppertest.Result
	before, after *oracle.Net
	change        []*mat.Dense // ΔZ
}

func take(t *testing.T, b *backend.Backend, c *problem.Case, o gnstep.Options) *taken {
	t.Helper()
	return takeOn(t, steppertest.NewRig(t, b, c, maker(o)), o)
}

// takeOn takes the step on a rig of those options.
func takeOn(t *testing.T, r *steppertest.Rig, o gnstep.Options) *taken {
	t.Helper()
	c := r.Case
	s := &taken{Case: c, opts: o, before: c.Net}
	s.got = r.Step(t, c.X, c.Y, 1)
	s.after = problem.OracleNet(t, c.Vars)
	for i := range c.Config.Couplings() {
		change := s.before.Z(i)
		change.Sub(change, s.after.Z(i))
		s.change = append(s.change, change)
	}
	return s
}

// reference is the oracle's step: minimum-norm solutions where there are no more samples than features, elsewhere the filter of docs/mathematics.md, section 4,
// with the passes that the step reports.
func (s *taken) reference(t *testing.T) *oracle.Step {
	t.Helper()
	passes := map[string]int{}
	for _, k := range s.got.Couplings {
		passes[k.Name] = int(k.Refinements)
	}
	rho := map[dtypes.DType]float64{dtypes.Float32: 1e-5, dtypes.Float64: 1e-10}[s.Config.DType]
	step, err := s.before.SplitStep(s.X, s.Y, oracle.Options{
		Loss: string(s.Loss), Weights: s.opts.Shares, Carry: s.opts.Carry,
		SolverFor: func(c int, _ *mat.Dense) oracle.Solver {
			reduced := s.Config.ActivationOf(c) == model.Identity && s.Hidden >= s.Config.Half()
			if !reduced && s.Rows <= s.Config.FeatureCount() {
				return oracle.PseudoInverse(oracle.EpsCut)
			}
			return func(phi, target *mat.Dense) (*mat.Dense, oracle.Solved, error) {
				size := mat.Norm(phi, 2)
				return oracle.IteratedTikhonov(phi, target, rho*size*size/float64(s.Rows), passes[oracle.CouplingName(c)])
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return step
}

func (s *taken) check(t *testing.T) {
	t.Helper()
	dtype, want := s.Config.DType, s.reference(t)
	if !s.Singular || dtype == dtypes.Float64 {
		problem.Check(t, "ΔZ", problem.Solution, dtype, inOneRow(s.change), inOneRow(want.DZ))
		problem.CheckNumber(t, "certificate against the oracle's", problem.Solution, dtype, s.got.Cert, want.Cert)
		problem.CheckNumber(t, "norm", problem.Solution, dtype, s.got.StepNorm, want.Norm)
	}

	// What the certificate says is true of the ΔZ that was written, whatever that is.
	stream, logits := s.before.Tangent(s.X, s.change)
	problem.CheckNumber(t, "certificate", problem.Realised, dtype, s.got.Cert, oracle.Compare(stream, want.V).Rel)
	problem.CheckNumber(t, "certificate on the logits", problem.Realised, dtype, s.got.CertLogits, oracle.Compare(logits, want.U).Rel)
	problem.CheckNumber(t, "gain", problem.Realised, dtype, s.got.Gain, mat.Dot(flat(stream), flat(want.V))/mat.Dot(flat(want.V), flat(want.V)))
	problem.Check(t, "JΔZ on the logits", problem.Realised, dtype, s.got.Change, logits)
	for _, k := range s.got.Couplings {
		if !(k.SigmaMin <= k.SigmaMax) || !(k.Rank > 0) || k.Rank > float64(s.Rows)+1e-6 {
			t.Errorf("%s: σ from %g to %g, rank %g of %d", k.Name, k.SigmaMax, k.SigmaMin, k.Rank, s.Rows)
		}
	}
}

func inOneRow(all []*mat.Dense) *mat.Dense {
	var values []float64
	for _, a := range all {
		values = append(values, oracle.Vec(a)...)
	}
	return mat.NewDense(1, len(values), values)
}

func flat(a *mat.Dense) *mat.VecDense {
	v := oracle.Vec(a)
	return mat.NewVecDense(len(v), v)
}
