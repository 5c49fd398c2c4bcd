// SPDX-License-Identifier: Apache-2.0

package dense_test

import (
	"testing"
	"time"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"

	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/dense"
	"revgn/internal/problem"
)

// A step holds several While loops that do not wait for each other. An executor that gives each a worker and lets its body wait for one more never ends;
// backends are opened so that this cannot happen.
func TestIndependentLoopsEnd(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		const loops = 24
		exec := graph.MustNewExec(b.Backend, func(a, floor *graph.Node) *graph.Node {
			sum := graph.ZerosLike(a)
			for i := range loops {
				sum = graph.Add(sum, dense.CholeskyInverse(graph.MulScalar(a, float64(1+i%2*3)), floor))
			}
			return sum
		})
		defer exec.Finalize()
		a := mat.NewDense(2, 2, []float64{4, 0, 0, 16})
		done := make(chan []float64, 1)
		go func() {
			out, err := exec.Call1(problem.Tensor(dtypes.Float64, a, 1, 2, 2), problem.Tensor(dtypes.Float64, mat.NewDense(1, 1, []float64{1e-9}), 1))
			if err != nil {
				t.Error(err)
				close(done)
				return
			}
			done <- problem.Flat(t, out)
		}()
		select {
		case got, ok := <-done:
			// Half of the loops factor A, half 4A: 12·(1/2 + 1/4) and 12·(1/4 + 1/8).
			if ok && (got[0] != 9 || got[3] != 4.5) {
				t.Errorf("sum of the inverse factors %v, want 9 and 4.5 on the diagonal", got)
			}
		case <-time.After(2 * time.Minute):
			t.Fatalf("%d independent loops have not ended in 2 minutes", loops)
		}
	})
}
