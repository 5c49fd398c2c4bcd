// SPDX-License-Identifier: Apache-2.0

// Package spectrum holds what is said of the eigenvalues λ of a positive semi-definite matrix, in one place for all analyses: how many directions
// matter. Each number is unchanged by a factor on all λ, lies between 1 and the rank, and is the rank where all λ that are not zero are equal.
//
//	effective rank   exp(-Σ p log p), p = λ/Σλ      Roy and Vetterli, The effective rank, EUSIPCO 2007
//	participation    (Σλ)²/Σλ²
//	stable rank      Σλ/max λ                       of A where λ are the eigenvalues of AᵀA: ‖A‖²/σmax²
//
// Tridiagonal stands in for eigenvectors where A + λI has to be inverted for many λ: it takes a tenth of their time.
//
// Eigenvalues below zero are rounding and count as zero. Numbers of a spectrum that is zero, or not finite, are NaN.
package spectrum
