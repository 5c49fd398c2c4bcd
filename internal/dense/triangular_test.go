// SPDX-License-Identifier: Apache-2.0

package dense_test

import (
	"fmt"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"

	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/dense"
	"revgn/internal/problem"
)

// Solving with an inverse factor, and with the whole inverse made of it, is what gonum makes of the matrix, below and above the size from which it goes by
// bands, for vectors, columns and batches.
func TestSolveWith(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, n := range []int{1, 2, 31, 32, 33, 100, 131} {
			for _, columns := range []int{1, 3} {
				for _, dtype := range problem.DTypes() {
					t.Run(fmt.Sprintf("%d/%d columns/%s", n, columns, dtype), func(t *testing.T) {
						problem.LeaveToGo(t, b, n != 33 && n != 131 || columns == 1)
						a, right := spread(uint64(n), n, 30), problem.Normal(uint64(n+1), n, columns)
						exec := graph.MustNewExec(b.Backend, func(a, floor, t *graph.Node) []*graph.Node {
							inverse := dense.CholeskyInverse(graph.ExpandAxes(a, 0), floor)
							one := dense.Item(inverse, 0)
							return []*graph.Node{
								dense.SolveWith(one, t), dense.Item(dense.SolveWith(inverse, graph.ExpandAxes(t, 0)), 0), dense.Times(dense.WholeInverse(one), t),
							}
						})
						defer exec.Finalize()
						out, err := exec.Call(problem.Matrix(dtype, a), problem.Tensor(dtype, mat.NewDense(1, 1, []float64{1e-6}), 1), problem.Matrix(dtype, right))
						if err != nil {
							t.Fatal(err)
						}
						var want mat.Dense
						if err := want.Solve(a, right); err != nil {
							t.Fatal(err)
						}
						for i, name := range []string{"one", "of a batch", "by the whole inverse"} {
							problem.Check(t, name, problem.Factor, dtype, problem.Dense(t, out[i]), &want)
						}
					})
				}
			}
		}
	})
}

// Matrices that are made transposed are transposed.
func TestTransposedCopy(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		exec := graph.MustNewExec(b.Backend, dense.TransposedCopy)
		defer exec.Finalize()
		for _, size := range [][2]int{{1, 3}, {2, 1}, {5, 4}} {
			a := problem.Normal(3, size[0], size[1])
			out, err := exec.Call1(problem.Matrix(dtypes.Float64, a))
			if err != nil {
				t.Fatal(err)
			}
			if got := problem.Dense(t, out); !mat.Equal(got, a.T()) {
				t.Errorf("%v: got\n%v\nof\n%v", size, mat.Formatted(got), mat.Formatted(a))
			}
		}
	})
}
