// SPDX-License-Identifier: Apache-2.0

package spectrum

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// EffectiveRank is exp(-Σ p log p) with p = λ/Σλ, the exponential of the entropy.
func EffectiveRank(eigenvalues []float64) float64 {
	total := sum(eigenvalues)
	if !(total > 0) || math.IsInf(total, 0) {
		return math.NaN()
	}
	var entropy float64
	for _, v := range eigenvalues {
		if p := v / total; p > 0 {
			entropy -= p * math.Log(p)
		}
	}
	return math.Exp(entropy)
}

// Participation is (Σλ)²/Σλ², the participation ratio.
func Participation(eigenvalues []float64) float64 {
	total := sum(eigenvalues)
	if !(total > 0) || math.IsInf(total, 0) {
		return math.NaN()
	}
	var squares float64
	for _, v := range eigenvalues {
		p := max(v, 0) / total
		squares += p * p
	}
	return 1 / squares
}

// StableRank is Σλ/max λ.
func StableRank(eigenvalues []float64) float64 {
	total := sum(eigenvalues)
	if !(total > 0) || math.IsInf(total, 0) {
		return math.NaN()
	}
	return total / slices.Max(eigenvalues)
}

// sum adds what is above zero; NaN stays NaN.
func sum(eigenvalues []float64) float64 {
	var total float64
	for _, v := range eigenvalues {
		total += max(v, 0)
	}
	return total
}

// Values are the eigenvalues of a symmetric matrix, ascending. A matrix with an entry that is not finite, or on which the iteration does not end, is an error.
func Values(m mat.Symmetric) ([]float64, error) {
	e, err := decompose(m, false)
	if err != nil {
		return nil, err
	}
	return e.Values(nil), nil
}

// Decompose is m = V diag(λ) Vᵀ with λ ascending and eigenvectors in the columns of V. It takes about three times as long as Values.
func Decompose(m mat.Symmetric) (values []float64, vectors *mat.Dense, err error) {
	e, err := decompose(m, true)
	if err != nil {
		return nil, nil, err
	}
	vectors = new(mat.Dense)
	e.VectorsTo(vectors)
	return e.Values(nil), vectors, nil
}

func decompose(m mat.Symmetric, vectors bool) (*mat.EigenSym, error) {
	n := m.SymmetricDim()
	for i := range n {
		for j := range i + 1 {
			if v := m.At(i, j); math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, fmt.Errorf("eigenvalues of a matrix of size %d: entry (%d, %d) is %g; want finite entries", n, i, j, v)
			}
		}
	}
	var e mat.EigenSym
	if !e.Factorize(m, vectors) {
		return nil, fmt.Errorf("eigenvalues of a matrix of size %d: the iteration did not end", n)
	}
	return &e, nil
}
