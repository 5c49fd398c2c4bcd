// SPDX-License-Identifier: Apache-2.0

package ntk

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// ritz are the eigenvalues of the tridiagonal matrix that a Lanczos run ends with, ascending: values approximate eigenvalues of the operator, weights are the squares
// of the eigenvectors' first entries, which make them a quadrature of the operator's spectrum seen from the starting vector, and each value lies within its residual
// of an eigenvalue.
type ritz struct {
	values, weights, residuals []float64
	vectors                    mat.Dense   // of the tridiagonal matrix, in columns
	basis                      [][]float64 // of the space that the run spans
}

// lanczos runs the Lanczos method on a symmetric operator from a starting vector that is not zero, for so many steps at most, with full reorthogonalisation, twice
// because rounding asks for it (Parlett, The Symmetric Eigenvalue Problem, 13). It stays orthogonal to given orthonormal eigenvectors, as the starting vector must be.
// It ends early where the vectors span an invariant space.
func lanczos(times func([]float64) []float64, start []float64, eigenvectors [][]float64, steps int) ritz {
	var basis [][]float64
	var diagonal, next []float64
	q := scaled(start, 1/math.Sqrt(dot(start, start)))
	var scale float64
	for range min(steps, len(start)-len(eigenvectors)) {
		basis = append(basis, q)
		w := times(q)
		diagonal = append(diagonal, dot(q, w))
		for range 2 {
			for _, b := range append(eigenvectors[:len(eigenvectors):len(eigenvectors)], basis...) {
				subtract(w, b, dot(w, b))
			}
		}
		length := math.Sqrt(dot(w, w))
		next = append(next, length)
		scale = max(scale, math.Abs(diagonal[len(diagonal)-1]), length)
		if !(length > 0x1p-52*float64(len(start))*scale) {
			break
		}
		q = scaled(w, 1/length)
	}
	return ritzOf(diagonal, next, basis)
}

// ritzOf takes the tridiagonal matrix apart. The last of next is what was left after the last step. Where it has entries that are not finite, so are the values.
func ritzOf(diagonal, next []float64, basis [][]float64) ritz {
	m := len(diagonal)
	t := mat.NewSymDense(m, nil)
	finite := true
	for i, v := range diagonal {
		t.SetSym(i, i, v)
		if i > 0 {
			t.SetSym(i-1, i, next[i-1])
		}
		finite = finite && !math.IsNaN(v+next[i]) && !math.IsInf(v+next[i], 0)
	}
	r := ritz{values: make([]float64, m), weights: make([]float64, m), residuals: make([]float64, m), basis: basis}
	var e mat.EigenSym
	if !finite || !e.Factorize(t, true) {
		for i := range r.values {
			r.values[i] = math.NaN()
		}
		return r
	}
	e.Values(r.values)
	e.VectorsTo(&r.vectors)
	for i := range m {
		r.weights[i] = r.vectors.At(0, i) * r.vectors.At(0, i)
		r.residuals[i] = math.Abs(next[m-1] * r.vectors.At(m-1, i))
	}
	return r
}

// vector is the approximation of eigenvector i.
func (r ritz) vector(i int) []float64 {
	v := make([]float64, len(r.basis[0]))
	for j, b := range r.basis {
		subtract(v, b, -r.vectors.At(j, i))
	}
	return v
}

func scaled(a []float64, factor float64) []float64 {
	out := make([]float64, len(a))
	for i, v := range a {
		out[i] = factor * v
	}
	return out
}

// subtract takes factor·b off a.
func subtract(a, b []float64, factor float64) {
	for i, v := range b {
		a[i] -= factor * v
	}
}
