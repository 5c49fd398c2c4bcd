// SPDX-License-Identifier: Apache-2.0

package cka

import "revgn/analysis"

// Definitions says what the numbers of this package are.
func Definitions() []analysis.Definition {
	return []analysis.Definition{
		{Name: "linear", Text: "kernel matrices K = XXᵀ, n x n, of representations X with a row a sample and centred columns"},
		{Name: "rbf", Text: "K_ij = exp(-‖x_i - x_j‖²/2s²), s = rbf_factor times the median of ‖x_i - x_j‖ over the pairs of samples of one kernel matrix"},
		{Name: "biased", Text: "<HKH, HMH>/(‖HKH‖‖HMH‖), H = I - 11ᵀ/n: in [0, 1], 1 where the representations are equal up to rotation and scale, " +
			"and towards 1 too for anything with far more columns than samples"},
		{Name: "debiased", Text: "HSIC₁(K,M)/√(HSIC₁(K,K) HSIC₁(M,M)), HSIC₁(K,M) = [tr(K̃M̃) + (1ᵀK̃1)(1ᵀM̃1)/((n-1)(n-2)) - 2/(n-2) 1ᵀK̃M̃1]/(n(n-3)), " +
			"K̃ and M̃ with zero diagonals: at most 1, 0 in expectation for unrelated representations, where it can fall below 0. " +
			"In batches the three HSIC₁ are averaged over batches first. null where a denominator is not positive"},
		{Name: "biased_error", Text: "standard error of biased by the jackknife over 20 groups of samples (i mod 20), √(19/20 Σ(θ_g - mean)²), for another draw of samples"},
		{Name: "debiased_error", Text: "the same of debiased; in batches by the jackknife over batches"},
	}
}
