// SPDX-License-Identifier: Apache-2.0

package oracle

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// Ridge is the linear map A and the intercept c that minimise ‖XA + 1c - Y‖² + λ‖A‖² for X (n × p) and Y (n × K): [A; c] by least squares on X with a column of
// ones above √λ I with a column of zeros.
func Ridge(x, y *mat.Dense, lambda float64) (coefficients *mat.Dense, err error) {
	n, p := x.Dims()
	_, k := y.Dims()
	left, right := mat.NewDense(n+p, p+1, nil), mat.NewDense(n+p, k, nil)
	for i := range n {
		for j := range p {
			left.Set(i, j, x.At(i, j))
		}
		left.Set(i, p, 1)
		for j := range k {
			right.Set(i, j, y.At(i, j))
		}
	}
	for j := range p {
		left.Set(n+j, j, math.Sqrt(lambda))
	}
	var qr mat.QR
	qr.Factorize(left)
	coefficients = new(mat.Dense)
	err = qr.SolveTo(coefficients, false, right)
	return coefficients, err
}

// RidgePredict is XA + 1c.
func RidgePredict(coefficients, x *mat.Dense) *mat.Dense {
	p, k := coefficients.Dims()
	n, _ := x.Dims()
	var out mat.Dense
	out.Mul(x, coefficients.Slice(0, p-1, 0, k))
	for i := range n {
		for j := range k {
			out.Set(i, j, out.At(i, j)+coefficients.At(p-1, j))
		}
	}
	return &out
}

// RidgeLeaveOneOut is the mean over samples of half the squared error at a sample of the map fitted without it, by n fits.
func RidgeLeaveOneOut(x, y *mat.Dense, lambda float64) (float64, error) {
	n, _ := x.Dims()
	total := 0.0
	for i := range n {
		a, err := Ridge(without(x, i), without(y, i), lambda)
		if err != nil {
			return 0, err
		}
		_, k := y.Dims()
		_, p := x.Dims()
		got := RidgePredict(a, mat.DenseCopyOf(x.Slice(i, i+1, 0, p)))
		for j := range k {
			e := got.At(0, j) - y.At(i, j)
			total += e * e / 2
		}
	}
	return total / float64(n), nil
}

// without is a without row i.
func without(a *mat.Dense, i int) *mat.Dense {
	n, cols := a.Dims()
	out := mat.NewDense(n-1, cols, nil)
	for r, to := 0, 0; r < n; r++ {
		if r != i {
			out.SetRow(to, a.RawRowView(r))
			to++
		}
	}
	return out
}
