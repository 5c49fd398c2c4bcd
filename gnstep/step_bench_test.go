// SPDX-License-Identifier: Apache-2.0

package gnstep_test

import (
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"revgn/gnstep"
	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/machine"
	"revgn/internal/problem"
	"revgn/model"
)

// BenchmarkStep times whole steps, from the batch on the host to the updated weights and the report, at the size of the digits preset's data and at that of
// MNIST. Beside ns/op it reports
//
//	GFLOP/op        operations of the step's products and factorisations, counted
//	GFLOP-equiv/op  operations that the machine's own Float32 matmul would do in the step's time: the figure to compare between machines
func BenchmarkStep(b *testing.B) {
	for _, size := range []problem.Problem{
		{Name: "small", Width: 64, Blocks: 2, Hidden: 1000, Classes: 10, Rows: 256},
		{Name: "mnist", Width: 784, Blocks: 2, Hidden: 8000, Classes: 10, Rows: 1000},
	} {
		size.First, size.Act, size.Bias, size.Loss = model.Identity, model.ReLU, true, model.CrossEntropy
		b.Run(size.Name, func(b *testing.B) {
			backendtest.EachBench(b, func(b *testing.B, be *backend.Backend) { benchmarkStep(b, be, size) })
		})
	}
}

func benchmarkStep(b *testing.B, be *backend.Backend, size problem.Problem) {
	c := size.In(b, dtypes.Float32)
	step, err := gnstep.New(be.Backend, c.Vars, split(size))
	if err != nil {
		b.Fatal(err)
	}
	exec := gomlx.MustNewExec(be.Backend, c.Vars.Store, func(_ *gomlx.Scope, x, labels, lr *graph.Node) *graph.Node {
		return step.Build(x, labels, lr).Pack()
	})
	defer exec.Finalize()
	one := func() {
		x, labels := c.Batch()
		tensors.MustCopyFlatData[float64](exec.MustCall1(x, labels, float32(1e-3)))
	}
	one() // compiles
	product, err := machine.NewMatmul(be.Backend, 1, dtypes.Float32, 0)
	if err != nil {
		b.Fatal(err)
	}
	defer product.Finalize()
	rate := matmulRate(b, product)
	for b.Loop() {
		one()
	}
	rate = (rate + matmulRate(b, product)) / 2
	b.ReportMetric(step.Operations(size.Rows).Total()/1e9, "GFLOP/op")
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)*rate/1e9, "GFLOP-equiv/op")
}

// matmulRate is the best of 5.
func matmulRate(b *testing.B, product *machine.Matmul) float64 {
	best := 0.0
	for range 5 {
		rate, err := product.Rate()
		if err != nil {
			b.Fatal(err)
		}
		best = max(best, rate)
	}
	return best
}
