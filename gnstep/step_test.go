// SPDX-License-Identifier: Apache-2.0

package gnstep_test

import (
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"revgn/gnstep"
	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/model"
)

// run makes one step of the options on a random batch and returns its report.
func run(t *testing.T, b *backend.Backend, c model.Config, opts gnstep.Options, batch int) gnstep.Report {
	t.Helper()
	vars, err := model.NewVariables(c)
	if err != nil {
		t.Fatal(err)
	}
	step, err := gnstep.New(b.Backend, vars, opts)
	if err != nil {
		t.Fatal(err)
	}
	exec := gomlx.MustNewExec(b.Backend, vars.Store, func(_ *gomlx.Scope, x, y, lr *graph.Node) *graph.Node {
		return step.Build(x, y, lr).Pack()
	})
	x, y := randomBatch(c, batch)
	out, err := exec.Call1(x, y, scalar(c.DType, 0.5))
	if err != nil {
		t.Fatal(err)
	}
	r, err := gnstep.Unpack(tensors.MustCopyFlatData[float64](out), step.Solved())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func scalar(dtype dtypes.DType, v float64) *tensors.Tensor {
	if dtype == dtypes.Float64 {
		return tensors.FromScalar(v)
	}
	return tensors.FromScalar(float32(v))
}

func randomBatch(c model.Config, batch int) (x, y *tensors.Tensor) {
	rng := rand.New(rand.NewPCG(7, 7))
	labels := make([]int32, batch)
	for i := range labels {
		labels[i] = int32(rng.IntN(c.Classes))
	}
	y = tensors.FromFlatDataAndDimensions(labels, batch)
	flat := make([]float64, batch*c.Width)
	for i := range flat {
		flat[i] = rng.NormFloat64()
	}
	if c.DType == dtypes.Float64 {
		return tensors.FromFlatDataAndDimensions(flat, batch, c.Width), y
	}
	single := make([]float32, len(flat))
	for i, v := range flat {
		single[i] = float32(v)
	}
	return tensors.FromFlatDataAndDimensions(single, batch, c.Width), y
}

func TestStepIsExact(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, dtype := range []dtypes.DType{dtypes.Float32, dtypes.Float64} {
			c := model.Default()
			c.Width, c.Classes, c.Hidden, c.DType = 32, 5, 200, dtype
			r := run(t, b, c, gnstep.DefaultOptions(), 100)
			t.Logf("%+v", r)
			if !r.Exact(dtype) {
				t.Errorf("%s: certificate %g, want at most %g", dtype, r.Cert, gnstep.Tolerance(dtype))
			}
		}
	})
}
