// SPDX-License-Identifier: Apache-2.0

package oracle

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// Directions is how many directions the rows of a matrix have: exp of the entropy of σ²/Σσ², Σσ²/σ₁², (Σσ²)²/Σσ⁴ over its singular values, and σ₁².
type Directions struct {
	Effective, Stable, Participation, Largest float64
}

// DirectionsOf measures x (n × p), by its singular value decomposition.
func DirectionsOf(x *mat.Dense) Directions {
	var svd mat.SVD
	if !svd.Factorize(x, mat.SVDNone) {
		panic("oracle: the singular values of a representation were not found")
	}
	values := svd.Values(nil)
	var total, fourth, entropy float64
	for _, s := range values {
		total += s * s
	}
	for _, s := range values {
		p := s * s / total
		fourth += p * p
		if p > 0 {
			entropy -= p * math.Log(p)
		}
	}
	return Directions{math.Exp(entropy), total / (values[0] * values[0]), 1 / fourth, values[0] * values[0]}
}

// CentredColumns is x with the mean of each column taken off it.
func CentredColumns(x *mat.Dense) *mat.Dense {
	n, cols := x.Dims()
	out := mat.NewDense(n, cols, nil)
	for j := range cols {
		mean := mat.Sum(x.ColView(j)) / float64(n)
		for i := range n {
			out.Set(i, j, x.At(i, j)-mean)
		}
	}
	return out
}
