// SPDX-License-Identifier: Apache-2.0

package dense_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"

	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/dense"
	"revgn/internal/problem"
)

// The tiled product is aaᵀ around the size at which tiling begins, at multiples of the bands and between, and symmetric off the diagonal tiles to the last
// bit.
func TestGramIsTheProduct(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, n := range []int{1, 2, 16*dense.GramBands - 1, 16 * dense.GramBands, 16*dense.GramBands + 1, 135, 136, 200, 203} {
			for _, dtype := range problem.DTypes() {
				t.Run(fmt.Sprintf("%d/%s", n, dtype), func(t *testing.T) {
					if b.Kind != "go" && (dtype == dtypes.Float64 || !slices.Contains([]int{2, 128, 203}, n)) {
						t.Skipf("left out on %s, which compiles each size: the Go backend runs it", b.Kind)
					}
					checkGram(t, b, dtype, n)
				})
			}
		}
	})
}

func checkGram(t *testing.T, b *backend.Backend, dtype dtypes.DType, n int) {
	exec := graph.MustNewExec(b.Backend, dense.Gram)
	defer exec.Finalize()
	input := problem.Matrix(dtype, problem.Normal(uint64(n), n, 7))
	a := problem.Dense(t, input)
	out, err := exec.Call1(input)
	if err != nil {
		t.Fatal(err)
	}
	got := problem.Dense(t, out)
	var want mat.Dense
	want.Mul(a, a.T())
	problem.Check(t, "aaᵀ", problem.Products, dtype, got, &want)
	if n < 16*dense.GramBands {
		return
	}
	band := func(i int) int { // the first row of the band that holds row i
		for k := dense.GramBands - 1; ; k-- {
			if from := k * n / dense.GramBands; from <= i {
				return from
			}
		}
	}
	for i := range n {
		for j := range band(i) {
			if got.At(i, j) != got.At(j, i) {
				t.Fatalf("entries (%d, %d) and (%d, %d) differ: %v and %v", i, j, j, i, got.At(i, j), got.At(j, i))
			}
		}
	}
}

// The three products that everything is made of, plain and batched.
func TestProducts(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		a, c := problem.Normal(1, 6, 4), problem.Normal(2, 6, 4) // two 3x4 matrices each
		exec := graph.MustNewExec(b.Backend, func(a, c *graph.Node) []*graph.Node {
			var out []*graph.Node
			batched := []*graph.Node{dense.TimesTransposed(a, c), dense.TransposedTimes(a, c), dense.Times(a, graph.Transpose(c, 1, 2))}
			for i := range 2 {
				x, y := dense.Item(a, i), dense.Item(c, i)
				out = append(out, dense.TimesTransposed(x, y), dense.TransposedTimes(x, y), dense.Times(x, graph.Transpose(y, 0, 1)))
				for _, product := range batched {
					out = append(out, dense.Item(product, i))
				}
			}
			return out
		})
		defer exec.Finalize()
		out, err := exec.Call(problem.Tensor(dtypes.Float64, a, 2, 3, 4), problem.Tensor(dtypes.Float64, c, 2, 3, 4))
		if err != nil {
			t.Fatal(err)
		}
		for i := range 2 {
			x, y := a.Slice(3*i, 3*i+3, 0, 4), c.Slice(3*i, 3*i+3, 0, 4)
			var outer, inner mat.Dense
			outer.Mul(x, y.T())
			inner.Mul(x.T(), y)
			for k, want := range []*mat.Dense{&outer, &inner, &outer, &outer, &inner, &outer} {
				problem.Check(t, fmt.Sprintf("product %d of item %d", k, i), problem.Products, dtypes.Float64, problem.Dense(t, out[6*i+k]), want)
			}
		}
	})
}
