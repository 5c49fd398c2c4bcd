// SPDX-License-Identifier: Apache-2.0

package dense_test

import (
	"fmt"
	"math"
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

// spread is a symmetric positive definite matrix of size m whose eigenvalues lie between 1 and condition, evenly on a logarithmic scale.
func spread(seed uint64, m int, condition float64) *mat.Dense {
	var qr mat.QR
	qr.Factorize(problem.Normal(seed, m, m))
	var q, scaled, a mat.Dense
	qr.QTo(&q)
	scaled.CloneFrom(&q)
	for j := range m {
		lambda := math.Pow(condition, float64(j)/float64(max(1, m-1)))
		for i := range m {
			scaled.Set(i, j, q.At(i, j)*lambda)
		}
	}
	a.Mul(&scaled, q.T())
	return &a
}

// factorOnDevice runs dense.CholeskyInverse on matrices of one size with a floor each.
func factorOnDevice(t *testing.T, b *backend.Backend, dtype dtypes.DType, floors []float64, matrices ...*mat.Dense) []*mat.Dense {
	t.Helper()
	m, _ := matrices[0].Dims()
	var stack mat.Dense
	stack.CloneFrom(matrices[0])
	for _, a := range matrices[1:] {
		var next mat.Dense
		next.Stack(&stack, a)
		stack = next
	}
	exec := graph.MustNewExec(b.Backend, dense.CholeskyInverse)
	defer exec.Finalize()
	out, err := exec.Call1(problem.Tensor(dtype, &stack, len(matrices), m, m), problem.Tensor(dtype, mat.NewDense(1, len(floors), floors), len(floors)))
	if err != nil {
		t.Fatal(err)
	}
	all := problem.Dense(t, out)
	var inverses []*mat.Dense
	for i := range matrices {
		inverses = append(inverses, mat.DenseCopyOf(all.Slice(i*m, (i+1)*m, 0, m)))
	}
	return inverses
}

// L⁻¹ of batched matrices agrees with gonum's factor, at sizes around those at which the recursion splits, and is lower triangular to the last bit.
func TestCholeskyInverse(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, m := range []int{1, 2, 63, 64, 65, 129, 200} {
			for _, dtype := range problem.DTypes() {
				for _, batch := range []int{1, 3} {
					t.Run(fmt.Sprintf("%d/%s/batch %d", m, dtype, batch), func(t *testing.T) {
						if b.Kind != "go" && (batch == 1 || !slices.Contains([]int{2, 65, 129}, m) || dtype == dtypes.Float64 && m != 65) {
							t.Skipf("left out on %s, which compiles each size: the Go backend runs it", b.Kind)
						}
						checkCholesky(t, b, dtype, m, batch)
					})
				}
			}
		}
	})
}

func checkCholesky(t *testing.T, b *backend.Backend, dtype dtypes.DType, m, batch int) {
	var matrices []*mat.Dense
	var floors []float64
	for i := range batch {
		matrices = append(matrices, spread(uint64(10*m+i), m, 30))
		floors = append(floors, 1e-6)
	}
	for i, inverse := range factorOnDevice(t, b, dtype, floors, matrices...) {
		var chol mat.Cholesky
		if !chol.Factorize(mat.NewSymDense(m, matrices[i].RawMatrix().Data)) {
			t.Fatal("the test's matrix is not positive definite")
		}
		var l, want mat.TriDense
		chol.LTo(&l)
		if err := want.InverseTri(&l); err != nil {
			t.Fatal(err)
		}
		problem.Check(t, fmt.Sprintf("L⁻¹ of matrix %d", i), problem.Factor, dtype, inverse, mat.DenseCopyOf(&want))
		for r := range m {
			for c := r + 1; c < m; c++ {
				if v := inverse.At(r, c); v != 0 {
					t.Fatalf("L⁻¹[%d,%d] of matrix %d is %g above the diagonal", r, c, i, v)
				}
			}
		}
	}
}

// A pivot under the floor is replaced by it, and each matrix has its own floor.
func TestCholeskyFloor(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		diagonal := func(d ...float64) *mat.Dense {
			m := mat.NewDense(len(d), len(d), nil)
			for i, v := range d {
				m.Set(i, i, v)
			}
			return m
		}
		got := factorOnDevice(t, b, dtypes.Float64, []float64{0.25, 4}, diagonal(4, -1, 0, 1e-9), diagonal(4, 16, 1, 0))
		for i, want := range []*mat.Dense{diagonal(0.5, 2, 2, 2), diagonal(0.5, 0.25, 0.5, 0.5)} {
			if !mat.Equal(got[i], want) {
				t.Errorf("matrix %d: L⁻¹ is\n%v\nwant\n%v", i, mat.Formatted(got[i]), mat.Formatted(want))
			}
		}
	})
}

// A Gram matrix of rank far below its size plus μ, where rounding makes pivots anything: what comes out is finite, no pivot is under μ, and it still inverts
// what is there.
func TestCholeskyOfARankDeficientGram(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, dtype := range problem.DTypes() {
			const m, kept = 129, 20
			x := problem.Normal(5, m, kept)
			var gram mat.Dense
			gram.Mul(x, x.T())
			mu := map[dtypes.DType]float64{dtypes.Float32: 1e-5, dtypes.Float64: 1e-13}[dtype] * mat.Trace(&gram) / m
			for i := range m {
				gram.Set(i, i, gram.At(i, i)+mu)
			}
			inverse := factorOnDevice(t, b, dtype, []float64{mu}, &gram)[0]
			for i := range m {
				if d := inverse.At(i, i); !(d <= (1+1e-5)/math.Sqrt(mu)) {
					t.Errorf("%s: (L⁻¹)[%d,%d] is %g, above 1/√μ = %g: a pivot fell under the floor", dtype, i, i, d, 1/math.Sqrt(mu))
				}
			}
			// One solve of (Gm + μI)Y = Gm·T followed by two refinements gives T back, in the range of Gm.
			target := mat.NewDense(m, 3, nil)
			target.Mul(x, problem.Normal(6, kept, 3))
			y, rest := mat.NewDense(m, 3, nil), mat.DenseCopyOf(target)
			for range 3 {
				var half, whole, image mat.Dense
				half.Mul(inverse, rest)
				whole.Mul(inverse.T(), &half)
				y.Add(y, &whole)
				image.Mul(x.T(), y)
				rest.Mul(x, &image)
				rest.Sub(target, rest)
			}
			tol := map[dtypes.DType]float64{dtypes.Float32: 1e-4, dtypes.Float64: 1e-9}[dtype]
			if got := mat.Norm(rest, 2) / mat.Norm(target, 2); !(got <= tol) {
				t.Errorf("%s: residual %g after refinement, %g times the tolerance %g", dtype, got, got/tol, tol)
			}
		}
	})
}
