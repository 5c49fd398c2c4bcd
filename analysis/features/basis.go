// SPDX-License-Identifier: Apache-2.0

package features

import (
	"gonum.org/v1/gonum/mat"

	"revgn/analysis/spectrum"
)

// basis is what ridge classifiers of all penalties on a site have in common. With X the centred site on the n samples to fit on, it holds A = QTQᵀ, T tridiagonal:
//
//	primal, few columns   A = XᵀX, p x p                     fit = XQ
//	dual, many columns    A = XXᵀ + (s/n)11ᵀ, n x n          fit = Q
//
// XXᵀ takes 1 to zero, where (A + λI)⁻¹ would be 1/λ and drown what is looked for; s, the trace, puts it out of the way.
type basis struct {
	reduced *spectrum.Tridiagonal // of A; nil where the site is the same for all samples
	fit     *mat.Dense            // (n, r)
	seen    *mat.Dense            // (N, r): X'Q, or X'XᵀQ, of the probe set's X' less the same means
	dual    bool
	shift   float64 // s
	mean    float64 // of the diagonal of XXᵀ
}

// basis reduces the site by what is smaller by enough for leverages to stay away from 1.
func (c cloud) basis() (b *basis, err error) {
	if c.x == nil {
		return dualBasis(c.kernel, c.fit, c.largest())
	}
	m, p := c.x.Dims()
	if 2*p > c.fit {
		var k mat.Dense
		k.Mul(c.x, c.x.T())
		return dualBasis(&k, c.fit, c.largest())
	}
	fit := rows(c.x, 0, c.fit)
	means := columnMeans(fit)
	x := lessRow(fit, means)
	var a mat.SymDense
	a.SymOuterK(1, x.T())
	b = &basis{mean: mat.Trace(&a) / float64(c.fit)}
	if b.mean <= rounding(c.fit, c.largest()) {
		return b, nil
	}
	if b.reduced, err = spectrum.NewTridiagonal(&a); err != nil {
		return nil, err
	}
	b.fit, b.seen = new(mat.Dense), new(mat.Dense)
	b.fit.Mul(x, b.reduced.Q)
	b.seen.Mul(lessRow(rows(c.x, c.fit, m), means), b.reduced.Q)
	return b, nil
}

func dualBasis(kernel *mat.Dense, n int, largest float64) (*basis, error) {
	m, _ := kernel.Dims()
	inner := kernel.Slice(0, n, 0, n).(*mat.Dense)
	means := columnMeans(inner)
	a := doublyCentred(symmetric(inner))
	b := &basis{dual: true, shift: mat.Trace(a), mean: mat.Trace(a) / float64(n)}
	if b.mean <= rounding(n, largest) {
		return b, nil
	}
	for i := range n {
		for j := i; j < n; j++ {
			a.SetSym(i, j, a.At(i, j)+b.mean)
		}
	}
	var err error
	if b.reduced, err = spectrum.NewTridiagonal(a); err != nil {
		return nil, err
	}
	b.fit, b.seen = b.reduced.Q, new(mat.Dense)
	b.seen.Mul(lessRowMeans(lessRow(kernel.Slice(n, m, 0, n).(*mat.Dense), means)), b.fit)
	return b, nil
}

// rounding is what float64 makes of a zero that is a sum of n products of size scale.
func rounding(n int, scale float64) float64 { return float64(n) * epsilon * scale }
