// SPDX-License-Identifier: Apache-2.0

package gnstep_test

import (
	"testing"
	"time"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"revgn/gnstep"
	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
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
	rate := matmulRate(be)
	for b.Loop() {
		one()
	}
	rate = (rate + matmulRate(be)) / 2
	b.ReportMetric(step.Operations(size.Rows).Total()/1e9, "GFLOP/op")
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)*rate/1e9, "GFLOP-equiv/op")
}

// matmulRate is the backend's operations a second in products of 2000-square Float32 matrices, the best of 5.
func matmulRate(be *backend.Backend) float64 {
	const n = 2000
	exec := graph.MustNewExec(be.Backend, func(a *graph.Node) *graph.Node { return graph.MatMul(a, a) })
	defer exec.Finalize()
	a := tensors.FromScalarAndDimensions(float32(1e-3), n, n)
	best := 0.0
	for i := range 6 {
		start := time.Now()
		tensors.MustCopyFlatData[float32](exec.MustCall1(a))
		if i > 0 { // the first one compiles
			best = max(best, 2*n*n*n/time.Since(start).Seconds())
		}
	}
	return best
}
