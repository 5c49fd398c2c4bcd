// SPDX-License-Identifier: Apache-2.0

package features

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"revgn/analysis/spectrum"
)

// cloud is a site on the n samples to fit on and then the N of the probe set, as the smaller of its matrix and its kernel matrix.
type cloud struct {
	fit    int
	x      *mat.Dense // (n+N, p), or nil
	kernel *mat.Dense // (n+N, n+N), or nil
}

// probes is K (N, N) of the probe set.
func (c cloud) probes() *mat.SymDense {
	if c.x == nil {
		m, _ := c.kernel.Dims()
		return symmetric(c.kernel.Slice(c.fit, m, c.fit, m))
	}
	m, _ := c.x.Dims()
	var k mat.SymDense
	k.SymOuterK(1, rows(c.x, c.fit, m))
	return &k
}

// finite tells whether all numbers are.
func (c cloud) finite() bool {
	values := c.x
	if c.x == nil {
		values = c.kernel
	}
	n, _ := values.Dims()
	for i := range n {
		if row := values.RawRowView(i); math.IsNaN(floats.Dot(row, row) - floats.Dot(row, row)) {
			return false
		}
	}
	return true
}

// largest is the largest squared norm of a sample, which tells how large a difference rounding makes in K.
func (c cloud) largest() float64 {
	var largest float64
	if c.x == nil {
		m, _ := c.kernel.Dims()
		for i := range m {
			largest = max(largest, c.kernel.At(i, i))
		}
		return largest
	}
	m, _ := c.x.Dims()
	for i := range m {
		row := c.x.RawRowView(i)
		largest = max(largest, floats.Dot(row, row))
	}
	return largest
}

// symmetric copies the upper triangle.
func symmetric(a mat.Matrix) *mat.SymDense {
	n, _ := a.Dims()
	s := mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			s.SetSym(i, j, a.At(i, j))
		}
	}
	return s
}

// spectra are the eigenvalues of K and of HKH on the probe set, ascending, those that are zero to rounding as zeros; some of them may be left out.
func (c cloud) spectra(k *mat.SymDense) (plain, centred []float64, err error) {
	n := k.SymmetricDim()
	first, second := k, doublyCentred(k)
	if c.x != nil {
		if m, p := c.x.Dims(); p < n { // XᵀX has the same eigenvalues but for zeros
			x := rows(c.x, c.fit, m)
			first, second = new(mat.SymDense), new(mat.SymDense)
			first.SymOuterK(1, x.T())
			second.SymOuterK(1, lessRow(x, columnMeans(x)).T())
		}
	}
	if plain, err = spectrum.Values(first); err != nil {
		return nil, nil, err
	}
	if centred, err = spectrum.Values(second); err != nil {
		return nil, nil, err
	}
	cut := rounding(n, c.largest())
	for _, values := range [][]float64{plain, centred} {
		for i, v := range values {
			if v <= cut {
				values[i] = 0
			}
		}
	}
	return plain, centred, nil
}

// doublyCentred is HKH.
func doublyCentred(k *mat.SymDense) *mat.SymDense {
	n := k.SymmetricDim()
	means, all := make([]float64, n), 0.0
	for i := range n {
		for j := range n {
			means[i] += k.At(i, j) / float64(n)
		}
		all += means[i] / float64(n)
	}
	out := mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			out.SetSym(i, j, k.At(i, j)-means[i]-means[j]+all)
		}
	}
	return out
}
