// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"math"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/stat"

	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/problem"
	"revgn/model"
)

// A step's noise is a standard Gaussian that has nothing to do with the noise of the next step, at the same place or a few places on, nor with that of a seed
// that differs in its last bit.
func TestNoiseIsIndependent(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, dtype := range problem.DTypes() {
			problem.LeaveToGo(t, b, testing.Short())
			first, next := drawn(t, b, dtype, 42, 0), drawn(t, b, dtype, 42, 1)
			bound := 5 / math.Sqrt(float64(len(first)))
			mean, spread := stat.MeanStdDev(first, nil)
			if math.Abs(mean) > bound || math.Abs(spread-1) > bound {
				t.Errorf("%s: mean %g, standard deviation %g, want 0 and 1", dtype, mean, spread)
			}
			for shift := range 17 {
				if c := stat.Correlation(first[shift:], next[:len(next)-shift], nil); !(math.Abs(c) < bound) {
					t.Errorf("%s: the next step's noise is this one's %d places on, correlation %g", dtype, shift, c)
				}
			}
			if c := stat.Correlation(first, drawn(t, b, dtype, 43, 0), nil); !(math.Abs(c) < bound) {
				t.Errorf("%s: seeds 42 and 43 have noise of correlation %g", dtype, c)
			}
		}
	})
}

// drawn is the noise on a solution of ones, 1,024 numbers, for a seed and a number of draws before.
func drawn(t *testing.T, b *backend.Backend, dtype dtypes.DType, seed uint64, draws int64) []float64 {
	t.Helper()
	c := problem.Named("paper").In(t, dtype)
	c.Vars.Config.Seed = seed
	o := DefaultOptions()
	o.Noise = 1
	step, err := New(b.Backend, c.Vars, o)
	if err != nil {
		t.Fatal(err)
	}
	problem.Set(t, step.memory.draws, tensors.FromScalar(draws))
	exec, err := gomlx.NewExec(b.Backend, c.Vars.Store, func(_ *gomlx.Scope, like *graph.Node) *graph.Node {
		return step.noise(like.Graph(), []model.Delta{{W: graph.Ones(like.Graph(), shapes.Make(dtype, 64, 16))}})[0].W
	})
	if err != nil {
		t.Fatal(err)
	}
	defer exec.Finalize()
	out, err := exec.Call(problem.Scalar(dtype, 0))
	if err != nil {
		t.Fatal(err)
	}
	return problem.Flat(t, out[0])
}
