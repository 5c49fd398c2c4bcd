// SPDX-License-Identifier: Apache-2.0

package ntk

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// ritz are the eigenvalues of the tridiagonal matrix that a Lanczos run ends with: values approximate eigenvalues of the operator, weights are the squares of the
// eigenvectors' first entries, which make them a quadrature of the operator's spectrum seen from the starting vector, and each value lies within its residual of an
// eigenvalue.
type ritz struct{ values, weights, residuals []float64 }

// lanczos runs the Lanczos method on a symmetric operator of size n from a starting vector that is not zero, for so many steps at most, with full
// reorthogonalisation, twice where rounding asks for it (Parlett, The Symmetric Eigenvalue Problem, 13). It ends early where the vectors span an invariant space.
func lanczos(times func([]float64) []float64, start []float64, steps int) ritz {
	n := len(start)
	steps = min(steps, n)
	var basis [][]float64
	var diagonal, next []float64
	q := scaled(start, 1/math.Sqrt(dot(start, start)))
	var scale float64
	for range steps {
		basis = append(basis, q)
		w := times(q)
		diagonal = append(diagonal, dot(q, w))
		for range 2 {
			for _, b := range basis {
				subtract(w, b, dot(w, b))
			}
		}
		length := math.Sqrt(dot(w, w))
		next = append(next, length)
		scale = max(scale, math.Abs(diagonal[len(diagonal)-1]), length)
		if !(length > 0x1p-52*float64(n)*scale) {
			break
		}
		q = scaled(w, 1/length)
	}
	return ritzOf(diagonal, next)
}

// ritzOf takes the tridiagonal matrix apart. The last of next is what was left after the last step.
func ritzOf(diagonal, next []float64) ritz {
	m := len(diagonal)
	t := mat.NewSymDense(m, nil)
	for i, v := range diagonal {
		t.SetSym(i, i, v)
		if i > 0 {
			t.SetSym(i-1, i, next[i-1])
		}
	}
	var e mat.EigenSym
	r := ritz{weights: make([]float64, m), residuals: make([]float64, m)}
	if !e.Factorize(t, true) { // of what is not finite
		r.values = make([]float64, m)
		for i := range r.values {
			r.values[i] = math.NaN()
		}
		return r
	}
	r.values = e.Values(nil)
	var vectors mat.Dense
	e.VectorsTo(&vectors)
	for i := range m {
		r.weights[i] = vectors.At(0, i) * vectors.At(0, i)
		r.residuals[i] = math.Abs(next[m-1] * vectors.At(m-1, i))
	}
	return r
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
