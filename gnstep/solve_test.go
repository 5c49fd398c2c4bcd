// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/mat"

	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/dense"
	"revgn/internal/oracle"
	"revgn/internal/problem"
	"revgn/model"
)

func TestFormIsChosenBySizeAndActivation(t *testing.T) {
	for _, tt := range []struct {
		name          string
		act           model.Activation
		hidden, batch int
		bias          bool
		want          form
	}{
		{"more features than samples", model.ReLU, 40, 20, true, rowForm},
		{"as many, by the bias", model.ReLU, 19, 20, true, rowForm},
		{"one too few without it", model.ReLU, 19, 20, false, columnForm},
		{"fewer features than samples", model.Tanh, 10, 20, true, columnForm},
		{"identity", model.Identity, 40, 20, true, identityForm},
		{"identity on few samples", model.Identity, 40, 2, false, identityForm},
		{"identity as wide as its half", model.Identity, 4, 20, true, identityForm},
		{"identity narrower than its half", model.Identity, 3, 20, true, columnForm},
		{"identity narrower than its half, on few samples", model.Identity, 3, 4, true, rowForm},
	} {
		c := model.Default()
		c.Width, c.Hidden, c.Bias, c.Activation, c.FirstActivation = 8, tt.hidden, tt.bias, tt.act, tt.act
		if got := formOf(c, 2, tt.batch); got != tt.want {
			t.Errorf("%s: form %d, want %d", tt.name, got, tt.want)
		}
	}
}

// Every form gives iterated Tikhonov on Φ, as the oracle does by singular values: the same A, and what the step reports of it. Targets are random, so most
// of them are out of reach where Φ has not full row rank.
func TestSolvesAgainstOracle(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		problem.Each(t, b, problem.Heavy, func(t *testing.T, c *problem.Case) {
			if err := freeze(b.Backend, c.Vars); err != nil {
				t.Fatal(err)
			}
			solved := solveAll(t, b, c)
			trace := c.Net.Trace(c.X)
			for i, got := range solved {
				checkSolve(t, c, i, trace.Phi[i], got)
			}
		})
	})
}

// solved is what the graph found for one coupling.
type solved struct {
	target, a, achieved                             *mat.Dense
	residual, refinements, rank, sigmaMax, sigmaMin float64
}

// solveAll solves every coupling of the case for a random target, in one graph.
func solveAll(t *testing.T, b *backend.Backend, c *problem.Case) []solved {
	t.Helper()
	dtype, couplings := c.Config.DType, c.Config.Couplings()
	x, _ := c.Batch()
	args, all := []any{x}, make([]solved, couplings)
	for i := range all {
		all[i].target = c.Gaussian(uint64(30+i), c.Rows, c.Config.Half())
		args = append(args, problem.Matrix(dtype, all[i].target))
	}
	exec, err := gomlx.NewExec(b.Backend, c.Vars.Store, func(_ *gomlx.Scope, in []*graph.Node) []*graph.Node {
		var systems []*normal
		step, g := &Step{vars: c.Vars}, in[0].Graph()
		for i, p := range c.Vars.Network(g).At(in[0]).Points() {
			systems = append(systems, step.newNormal(i, p, frozenAt(c.Vars, g, i)))
		}
		var out []*graph.Node
		for i, f := range inOrder(factorAll(systems, nil)) {
			s := f.solve(in[1+i], dense.Norm(in[1+i]))
			z := s.delta.W
			if c.Bias {
				z = graph.Concatenate([]*graph.Node{z, graph.ExpandAxes(s.delta.Bias, 0)}, 0)
			}
			out = append(out, z, s.achieved)
			for _, number := range []*graph.Node{s.residual, s.refinements, f.spectrum.rank, f.spectrum.sigmaMax, f.spectrum.sigmaMin} {
				out = append(out, graph.ConvertDType(number, dtypes.Float64))
			}
		}
		return out
	})
	if err != nil {
		t.Fatal(err)
	}
	defer exec.Finalize()
	out, err := exec.Call(args...)
	if err != nil {
		t.Fatal(err)
	}
	for i := range all {
		o, s := out[7*i:], &all[i]
		s.a, s.achieved = problem.Dense(t, o[0]), problem.Dense(t, o[1])
		for k, number := range []*float64{&s.residual, &s.refinements, &s.rank, &s.sigmaMax, &s.sigmaMin} {
			*number = problem.Flat(t, o[2+k])[0]
		}
	}
	return all
}

func inOrder(systems map[int]*factored) []*factored {
	all := make([]*factored, len(systems))
	for i, f := range systems {
		all[i] = f
	}
	return all
}

func checkSolve(t *testing.T, c *problem.Case, i int, phi *mat.Dense, got solved) {
	t.Helper()
	dtype, name := c.Config.DType, model.CouplingName(i)
	size := mat.Norm(phi, 2)
	form := formOf(c.Config, i, c.Rows)
	mu := filterLevel(dtype, form) * size * size / float64(c.Rows)
	// Conjugate gradients end at the minimum-norm solution, the other forms at the filtered one.
	solve := oracle.Tikhonov(mu, int(got.refinements))
	if form == rowForm {
		solve = oracle.PseudoInverse(oracle.EpsCut)
	}
	want, info, err := solve(phi, got.target)
	if err != nil {
		t.Fatal(err)
	}
	var achieved, left mat.Dense
	achieved.Mul(phi, want)
	if form != rowForm || info.SigmaMin*info.SigmaMin > 100*mu {
		problem.Check(t, name+": A", problem.Solution, dtype, got.a, want)
		problem.Check(t, name+": ΦA", problem.Solution, dtype, got.achieved, &achieved)
	} else if _, filtered, err := oracle.IteratedTikhonov(phi, got.target, mu, max(0, int(got.refinements)-1)); err != nil || got.residual > max(filtered.Residual, refineTolerance(dtype)) {
		// Too near singular for the dtype: the method still does no worse than the plain filter after the passes that were kept; the last one is dropped.
		t.Errorf("%s: residual %g after %g passes, above the tolerance and %g of the plain filter (%v)", name, got.residual, got.refinements, filtered.Residual, err)
	}
	// What is reported of A is true of A, whatever A is.
	achieved.Mul(phi, got.a)
	problem.Check(t, name+": ΦA of the A that it gives", problem.Realised, dtype, got.achieved, &achieved)
	left.Sub(&achieved, got.target)
	problem.CheckNumber(t, name+": residual", problem.Realised, dtype, got.residual, mat.Norm(&left, 2)/mat.Norm(got.target, 2))

	var svd mat.SVD
	svd.Factorize(phi, mat.SVDNone)
	rank := 0.0
	for _, sigma := range svd.Values(nil) {
		rank += sigma * sigma / (sigma*sigma + mu)
	}
	within(t, name+": rank", got.rank, rank, rankTolerance)
	within(t, name+": σmax", got.sigmaMax, info.SigmaMax, 0.05)
	if bound := c.Config.RankBound(i); got.rank > float64(bound)+0.5 {
		t.Errorf("%s: rank %g, above the bound %d", name, got.rank, bound)
	}
}
