// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"fmt"
	"sync"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/problem"
)

// BenchmarkCut times the two ways to a truncated inverse of the two Gram matrices of MNIST's upper block (B = 1000) at rtol 1e-2, where a Float32 network searches in Float32, and at 1e-3: products in the graph, and on the
// host eigendecompositions, both at once on cores of their own, with the matrices fetched and the inverses sent back.
func BenchmarkCut(b *testing.B) {
	const size, systems = 1000, 2
	var grams []float64
	for i := range systems {
		x := problem.Normal(uint64(20+i), size, 3*size)
		var gram mat.Dense
		gram.Mul(x, x.T())
		grams = append(grams, gram.RawMatrix().Data...)
	}
	stacked := mat.NewDense(systems*size, size, grams)
	backendtest.EachBench(b, func(b *testing.B, be *backend.Backend) {
		input := problem.Tensor(dtypes.Float32, stacked, systems, size, size)
		for _, at := range []cut{{relative: 1e-2}, {relative: 1e-3}} {
			benchmarkCut(b, be, input, size, systems, at)
		}
	})
}

func benchmarkCut(b *testing.B, be *backend.Backend, input *tensors.Tensor, size, systems int, at cut) {
	inGraph := graph.MustNewExec(be.Backend, func(m *graph.Node) (*graph.Node, *graph.Node) {
		t := truncate(m, at)
		return t.inverse, t.projector
	})
	defer inGraph.Finalize()
	b.Run(fmt.Sprintf("graph/rtol=%g", at.relative), func(b *testing.B) {
		for b.Loop() {
			inverse, projector := inGraph.MustCall2(input)
			await(inverse, projector)
		}
	})
	b.Run(fmt.Sprintf("host/rtol=%g", at.relative), func(b *testing.B) {
		for b.Loop() {
			await(onHost(b, input, size, systems, at.relative)...)
		}
	})
}

// await waits until the tensors are there.
func await(all ...*tensors.Tensor) {
	for _, t := range all {
		t.MustConstFlatData(func(any) {})
	}
}

// onHost is the truncated inverse of each system by its eigenvectors.
func onHost(b *testing.B, input *tensors.Tensor, size, systems int, relative float64) []*tensors.Tensor {
	flat := problem.Flat(b, input)
	out := make([]*tensors.Tensor, systems)
	var wait sync.WaitGroup
	for i := range systems {
		wait.Add(1)
		go func() {
			defer wait.Done()
			var eigen mat.EigenSym
			eigen.Factorize(mat.NewSymDense(size, flat[i*size*size:(i+1)*size*size]), true)
			values := eigen.Values(nil)
			var vectors, scaled, inverse mat.Dense
			eigen.VectorsTo(&vectors)
			scaled.CloneFrom(&vectors)
			largest := values[size-1]
			scaled.Apply(func(_, j int, v float64) float64 {
				if values[j] <= relative*relative*largest {
					return 0
				}
				return v / values[j]
			}, &scaled)
			inverse.Mul(&scaled, vectors.T())
			out[i] = problem.Matrix(dtypes.Float32, &inverse)
		}()
	}
	wait.Wait()
	return out
}
