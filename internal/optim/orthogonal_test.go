// SPDX-License-Identifier: Apache-2.0

package optim

import (
	"fmt"
	"math"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"

	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/oracle"
	"revgn/internal/problem"
	"revgn/model"
)

// A matrix whose singular values span six decades: the turns on its Gram matrix agree with those on the matrix itself in float64, also for what is so small
// that a Gram matrix in Float32 would not hold it. Its length does not matter down to 1e-7, below which it is not scaled up.
func TestOrthogonalOfAWideSpectrum(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, dtype := range problem.DTypes() {
			for _, length := range []float64{1e3, 1e-6, 1e-9, 0} {
				t.Run(fmt.Sprintf("%s/%g", dtype, length), func(t *testing.T) {
					problem.LeaveToGo(t, b, dtype == dtypes.Float64 && testing.Short())
					const rows, cols = 200, 13
					var qr mat.QR
					qr.Factorize(problem.Normal(3, rows, cols))
					var left, x mat.Dense
					qr.QTo(&left)
					x.CloneFrom(left.Slice(0, rows, 0, cols))
					for j := range cols {
						for i := range rows {
							x.Set(i, j, length*x.At(i, j)*math.Pow(10, -float64(j)/2))
						}
					}
					qr.Factorize(problem.Normal(4, cols, cols))
					var right mat.Dense
					qr.QTo(&right)
					x.Mul(&x, &right)
					input := problem.Matrix(dtype, &x)
					exec := graph.MustNewExec(b.Backend, func(x *graph.Node) *graph.Node {
						w, bias := graph.Slice(x, graph.AxisRange(0, rows-1)), graph.Slice(x, graph.AxisRange(rows-1))
						o := orthogonal(model.Delta{W: w, Bias: graph.Reshape(bias, cols)})
						return graph.Concatenate([]*graph.Node{o.W, graph.ExpandAxes(o.Bias, 0)}, 0)
					})
					defer exec.Finalize()
					out, err := exec.Call1(input)
					if err != nil {
						t.Fatal(err)
					}
					problem.Check(t, "O", problem.Orthogonal, dtype, problem.Dense(t, out), oracle.NewtonSchulz(problem.Dense(t, input)))
				})
			}
		}
	})
}
