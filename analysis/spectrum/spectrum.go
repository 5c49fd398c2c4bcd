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
	if err := finite(m); err != nil {
		return nil, err
	}
	var e mat.EigenSym
	if !e.Factorize(m, false) {
		return nil, fmt.Errorf("eigenvalues of a matrix of size %d: the iteration did not end", m.SymmetricDim())
	}
	return e.Values(nil), nil
}

func finite(m mat.Symmetric) error {
	n := m.SymmetricDim()
	for i := range n {
		for j := range i + 1 {
			if v := m.At(i, j); math.IsNaN(v) || math.IsInf(v, 0) {
				return fmt.Errorf("matrix of size %d: entry (%d, %d) is %g; want finite entries", n, i, j, v)
			}
		}
	}
	return nil
}
