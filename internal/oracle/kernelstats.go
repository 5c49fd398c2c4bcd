// SPDX-License-Identifier: Apache-2.0

package oracle

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// CentreKernel returns (H⊗I) Θ (H⊗I) for a kernel Θ (BK × BK, row n·K + k for sample n and class k), H = I - 11ᵀ/B, by the dense product.
func CentreKernel(theta *mat.Dense, classes int) *mat.Dense {
	size, _ := theta.Dims()
	b := size / classes
	h := mat.NewDense(size, size, nil)
	for n := range b {
		for m := range b {
			for k := range classes {
				v := -1 / float64(b)
				if n == m {
					v++
				}
				h.Set(n*classes+k, m*classes+k, v)
			}
		}
	}
	var out mat.Dense
	out.Product(h, theta, h)
	return &out
}

// Cosine returns <a, b>/(‖a‖‖b‖) for matrices of one shape, by the trace of aᵀb.
func Cosine(a, b *mat.Dense) float64 {
	inner := func(x, y *mat.Dense) float64 {
		var p mat.Dense
		p.Mul(x.T(), y)
		return mat.Trace(&p)
	}
	return inner(a, b) / math.Sqrt(inner(a, a)*inner(b, b))
}

// LabelKernel returns the kernel of one-hot labels y (B × K): vec(y)vec(y)ᵀ (BK × BK), row n·K + k, or yyᵀ (B × B) where traced. It is not centred.
func LabelKernel(y *mat.Dense, traced bool) *mat.Dense {
	var out mat.Dense
	if traced {
		out.Mul(y, y.T())
		return &out
	}
	flat := Vec(y)
	v := mat.NewVecDense(len(flat), flat)
	out.Outer(1, v, v)
	return &out
}
