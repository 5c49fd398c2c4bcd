// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/oracle"
	"revgn/internal/problem"
	"revgn/model"
)

const lambda = 0.03

// targetOnDevice is u and the number of cuts.
func targetOnDevice(t *testing.T, b *backend.Backend, dtype dtypes.DType, c Curvature, o model.Objective, z *mat.Dense, labels []int32) (*mat.Dense, float64) {
	t.Helper()
	exec := graph.MustNewExec(b.Backend, func(z, y *graph.Node) (u, clips *graph.Node) { return c.target(o, lambda, z, y) })
	defer exec.Finalize()
	u, clips, err := exec.Call2(problem.Matrix(dtype, z), tensors.FromFlatDataAndDimensions(labels, len(labels)))
	if err != nil {
		t.Fatal(err)
	}
	return problem.Dense(t, u), problem.Flat(t, clips)[0]
}

// u is the dense H⁺ε of every sample, and for the exact curvature of cross-entropy Σu = 0.
func TestTargetAgainstOracle(t *testing.T) {
	labels := []int32{0, 3, 2, 1, 3, 0}
	z := problem.Normal(9, len(labels), 4)
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, dtype := range problem.DTypes() {
			for _, curvature := range Curvatures() {
				for _, o := range []model.Objective{{Loss: model.CrossEntropy}, {Loss: model.CrossEntropy, Smoothing: 0.2}, {Loss: model.SquaredError}} {
					name := fmt.Sprintf("%s, %s, smoothing %g, %s", curvature, o.Loss, o.Smoothing, dtype)
					y, err := oracle.OneHot(labels, 4)
					if err != nil {
						t.Fatal(err)
					}
					y.Apply(func(_, _ int, v float64) float64 { return (1-o.Smoothing)*v + o.Smoothing/4 }, y)
					rounded := problem.Dense(t, problem.Matrix(dtype, z))
					want, err := oracle.Target(string(o.Loss), string(curvature), rounded, y, lambda)
					if err != nil {
						t.Fatal(err)
					}
					got, clips := targetOnDevice(t, b, dtype, curvature, o, z, labels)
					problem.Check(t, name, problem.Elementwise, dtype, got, want)
					if clips != 0 {
						t.Errorf("%s: %g entries were cut", name, clips)
					}
				}
			}
		}
	})
}

// At logits of ±1000 nothing overflows: where 1/p is beyond the bound it is cut and counted, elsewhere u is what it is.
func TestTargetAtExtremeLogits(t *testing.T) {
	z := mat.NewDense(3, 3, []float64{1000, -1000, 0, -1000, 1000, 0, 5, 0, 1})
	labels := []int32{0, 0, 2}
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, dtype := range problem.DTypes() {
			u, clips := targetOnDevice(t, b, dtype, ExactCurvature, model.Objective{Loss: model.CrossEntropy}, z, labels)
			bound := clipBound(dtype)
			odds := 1 / math.Exp(1-math.Log(math.Exp(5)+1+math.E))
			want := mat.NewDense(3, 3, []float64{-2. / 3, 1. / 3, 1. / 3, -2. / 3 * bound, bound / 3, bound / 3, odds / 3, odds / 3, -2. / 3 * odds})
			for i := range 3 {
				problem.Check(t, fmt.Sprintf("%s, sample %d", dtype, i), problem.Inverses, dtype, u.Slice(i, i+1, 0, 3).(*mat.Dense), want.Slice(i, i+1, 0, 3).(*mat.Dense))
			}
			if clips != 1 {
				t.Errorf("%s: %g entries were cut, want 1", dtype, clips)
			}
			for _, c := range []Curvature{IdentityCurvature, DampedCurvature} {
				u, _ := targetOnDevice(t, b, dtype, c, model.Objective{Loss: model.CrossEntropy}, z, labels)
				if sum := mat.Norm(u, 2); math.IsNaN(sum) || sum > 2/lambda {
					t.Errorf("%s, %s: ‖u‖ = %g, want at most 2/λ", dtype, c, sum)
				}
			}
		}
	})
}

func TestOptionsAreChecked(t *testing.T) {
	for _, tt := range []struct {
		change func(o *Options)
		want   string
	}{
		{func(o *Options) { o.Smoothing = 1 }, "smoothing 1"},
		{func(o *Options) { o.Smoothing = math.NaN() }, "smoothing NaN"},
		{func(o *Options) { o.Curvature = "hessian" }, `unknown curvature "hessian" (allowed: identity, exact, damped)`},
		{func(o *Options) { o.Curvature = DampedCurvature }, "damping above 0"},
		{func(o *Options) { o.Inverse = "pinv" }, `unknown inverse "pinv" (allowed: split, min-norm, mix)`},
		{func(o *Options) { o.Inverse, o.Tau = Mix, 1.5 }, "mix 1.5"},
		{func(o *Options) { o.Loss = "hinge" }, "hinge"},
		{func(o *Options) { o.Solver = "svd" }, `unknown solver "svd" (allowed: auto, cholesky, spectral, cg)`},
		{func(o *Options) { o.Solver = CG }, "solver cg solves for the whole kernel"},
		{func(o *Options) { o.Inverse, o.Solver, o.Rtol = MinNorm, CG, 0.1 }, "solver cg cannot cut"},
		{func(o *Options) { o.Damping.Value = -1 }, "damping -1"},
		{func(o *Options) { o.Damping.Value = math.NaN() }, "damping NaN"},
		{func(o *Options) { o.Damping.Schedule = "exp" }, `unknown damping schedule "exp" (allowed: fixed, lm)`},
		{func(o *Options) { o.Damping.Schedule = LMDamping }, "needs a damping above 0"},
		{func(o *Options) { o.Damping = Damping{Value: 1e-20, Schedule: LMDamping} }, "must lie between 1e-15 and 1e+15"},
		{func(o *Options) { o.Damping.Value, o.Rtol = 1, 0.1 }, "damping 1 together with a cut"},
		{func(o *Options) { o.Noise = math.Inf(1) }, "inverse noise +Inf"},
		{func(o *Options) { o.Memory = "nesterov" }, `unknown memory "nesterov" (allowed: none, heavy-ball, spring)`},
		{func(o *Options) { o.Memory, o.Beta = Spring, 1 }, "beta must lie in [0, 1)"},
		{func(o *Options) { o.LineSearch = "wolfe" }, `unknown line search "wolfe" (allowed: none, armijo)`},
		{func(o *Options) { o.LineSearch, o.Damping = Armijo, Damping{Value: 1, Schedule: LMDamping} }, "use one of the two"},
		{func(o *Options) { o.Rtol = 1 }, "rtol 1"},
		{func(o *Options) { o.Atol = math.NaN() }, "atol NaN"},
		{func(o *Options) { o.Solver, o.Rtol = Cholesky, 0.01 }, "solver cholesky cannot cut"},
		{func(o *Options) { o.Shares = []float64{1} }, "1 block weights for 2 blocks"},
	} {
		o := DefaultOptions().withDefaults(2)
		tt.change(&o)
		if err := o.validate(2); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("got %v, want an error with %q", err, tt.want)
		}
	}
}
