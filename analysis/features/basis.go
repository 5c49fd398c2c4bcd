// SPDX-License-Identifier: Apache-2.0

package features

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"revgn/analysis/spectrum"
)

// basis is the eigenbasis of HKH on the samples to fit on.
type basis struct {
	values []float64  // λ_i, those that are not zero to rounding
	u      *mat.Dense // (n, r): the eigenvectors
	seen   *mat.Dense // (N, r): the centred kernel between the probe set and those samples, times u
	mean   float64    // of the diagonal of HKH
}

// basis finds the eigenbasis, by the p x p matrix where the site has fewer columns than samples: with XᵀX = VΛVᵀ, u = XVΛ^(-1/2) and seen = X'VΛ^(1/2).
func (c cloud) basis() (*basis, error) {
	if c.x == nil {
		return c.kernelBasis()
	}
	m, _ := c.x.Dims()
	fit := rows(c.x, 0, c.fit)
	means := columnMeans(fit)
	x, other := lessRow(fit, means), lessRow(rows(c.x, c.fit, m), means)
	var s mat.SymDense
	s.SymOuterK(1, x.T())
	values, v, err := spectrum.Decompose(&s)
	if err != nil {
		return nil, err
	}
	b := &basis{u: new(mat.Dense), seen: new(mat.Dense), mean: mat.Trace(&s) / float64(c.fit)}
	v = b.keep(values, v, c.largest())
	if v == nil {
		return b, nil
	}
	b.u.Mul(x, v)
	b.seen.Mul(other, v)
	for j, lambda := range b.values {
		scaleColumn(b.u, j, 1/math.Sqrt(lambda))
		scaleColumn(b.seen, j, math.Sqrt(lambda))
	}
	return b, nil
}

func (c cloud) kernelBasis() (*basis, error) {
	m, _ := c.kernel.Dims()
	inner := mat.DenseCopyOf(c.kernel.Slice(0, c.fit, 0, c.fit))
	means := columnMeans(inner)
	centred := doublyCentred(symmetric(inner))
	b := &basis{seen: new(mat.Dense), mean: mat.Trace(centred) / float64(c.fit)}
	values, v, err := spectrum.Decompose(centred)
	if err != nil {
		return nil, err
	}
	if b.u = b.keep(values, v, c.largest()); b.u == nil {
		return b, nil
	}
	// (k - mean row of the fitted ones) H; what H takes off each row is a multiple of 1, to which u is orthogonal.
	b.seen.Mul(lessRow(c.kernel.Slice(c.fit, m, 0, c.fit).(*mat.Dense), means), b.u)
	return b, nil
}

// keep sets the values that are not zero to the rounding of products of size scale, and returns their eigenvectors, nil where there are none.
func (b *basis) keep(values []float64, v *mat.Dense, scale float64) *mat.Dense {
	size, _ := v.Dims()
	cut := rounding(size, max(scale, values[len(values)-1]))
	first := slices.IndexFunc(values, func(v float64) bool { return v > cut })
	if first < 0 {
		return nil
	}
	b.values = values[first:]
	return mat.DenseCopyOf(v.Slice(0, size, first, len(values)))
}

// rounding is what float64 makes of a zero eigenvalue of a sum of n products of size scale.
func rounding(n int, scale float64) float64 { return float64(n) * epsilon * scale }

func scaleColumn(a *mat.Dense, j int, factor float64) {
	n, _ := a.Dims()
	for i := range n {
		a.Set(i, j, a.At(i, j)*factor)
	}
}
