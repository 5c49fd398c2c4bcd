// SPDX-License-Identifier: Apache-2.0

package dense_test

import (
	"fmt"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"

	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/dense"
	"revgn/internal/problem"
)

// Products with slabs are those with the whole, outside of loops and in them: of widths that are cut into the fewest slabs, into more, and not at all.
func TestProductsWithSlabs(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, tt := range []struct{ width, slabs int }{{2048, 1}, {2049, 3}, {2053, 1}, {4096, 4}} {
			for _, dtype := range problem.DTypes() {
				t.Run(fmt.Sprintf("%d/%s", tt.width, dtype), func(t *testing.T) {
					const n, k = 40, 6
					exec := graph.MustNewExec(b.Backend, func(a, wide, tall *graph.Node) []*graph.Node {
						slabs, want := dense.Slabs(a), tt.slabs
						if b.Kind != "xla:cpu" {
							want = 1
						}
						if cut := slabs.Rank() == 3; cut != (want > 1) || cut && slabs.Shape().Dim(0) != want {
							t.Errorf("slabs of shape %s, want %d of them", slabs.Shape(), want)
						}
						return []*graph.Node{dense.WideTimes(slabs, wide), timesInLoop(slabs, wide), dense.TallTimes(slabs, tall), dense.Gram(slabs)}
					})
					defer exec.Finalize()
					a, wide, tall := problem.Normal(1, n, tt.width), problem.Normal(2, tt.width, k), problem.Normal(3, n, k)
					out, err := exec.Call(problem.Matrix(dtype, a), problem.Matrix(dtype, wide), problem.Matrix(dtype, tall))
					if err != nil {
						t.Fatal(err)
					}
					var product, adjoint, gram mat.Dense
					product.Mul(a, wide)
					adjoint.Mul(a.T(), tall)
					gram.Mul(a, a.T())
					for i, want := range []*mat.Dense{&product, &product, &adjoint, &gram} {
						problem.Check(t, fmt.Sprintf("product %d", i), problem.Products, dtype, problem.Dense(t, out[i]), want)
					}
				})
			}
		}
	})
}

// timesInLoop is WideTimes from the body of a loop of one turn.
func timesInLoop(a, b *graph.Node) *graph.Node {
	g, dtype, n, k := a.Graph(), a.DType(), a.Shape().Dim(-2), b.Shape().Dim(1)
	params := func(g *graph.Graph) (turn, x, y, out *graph.Node) {
		return graph.Parameter(g, "turn", shapes.Make(dtypes.Int32)), graph.Parameter(g, "a", a.Shape()), graph.Parameter(g, "b", b.Shape()),
			graph.Parameter(g, "out", shapes.Make(dtype, n, k))
	}
	more := graph.NewClosure(g, func(g *graph.Graph) []*graph.Node {
		turn, _, _, _ := params(g)
		return []*graph.Node{graph.LessThan(turn, graph.Const(g, int32(1)))}
	})
	body := graph.NewClosure(g, func(g *graph.Graph) []*graph.Node {
		turn, x, y, _ := params(g)
		return []*graph.Node{graph.Add(turn, graph.Const(g, int32(1))), x, y, dense.WideTimes(x, y)}
	})
	return graph.While(more, body, graph.Const(g, int32(0)), a, b, graph.Zeros(g, shapes.Make(dtype, n, k)))[3]
}

// A matrix of many rows stays whole.
func TestSlabsOfManyRows(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		exec := graph.MustNewExec(b.Backend, func(a *graph.Node) *graph.Node {
			wide := graph.BroadcastToDims(a, 5000, 4096)
			if dense.Slabs(wide) != wide {
				t.Errorf("slabs of shape %s", dense.Slabs(wide).Shape())
			}
			return a
		})
		defer exec.Finalize()
		exec.MustCall1(float32(1))
	})
}
