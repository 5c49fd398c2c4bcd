// SPDX-License-Identifier: Apache-2.0

// Package cka measures how alike representations of the same samples are, by centred kernel alignment (CKA; Kornblith et al. 2019, arXiv 1905.00414):
// of a network and its own start, of two networks, of the sites of one network with those of another.
//
//	symbol      meaning
//	n           samples
//	X, Y        representations, a row a sample
//	K, M        their kernel matrices, n x n: XXᵀ (linear), or exp(-r²/2s²) of distances r (RBF), s = factor × median r
//	H           I - 11ᵀ/n
//	biased      <HKH, HMH>/(‖HKH‖‖HMH‖), in [0, 1]
//	debiased    HSIC₁(K, M)/√(HSIC₁(K, K) HSIC₁(M, M)), 0 in expectation for what has nothing in common, and at times below 0
//
// HSIC₁ is the unbiased estimate of Song et al. 2012 (JMLR 13, section 2.3): with zero diagonals, K̃ and M̃,
//
//	HSIC₁(K, M) = [tr(K̃M̃) + (1ᵀK̃1)(1ᵀM̃1)/((n-1)(n-2)) - 2/(n-2)·1ᵀK̃M̃1]/(n(n-3)).
//
// The biased one says 0.78 of two independent Gaussians with n = 848 and 3072 columns, the debiased one 0 within 0.01: with more columns than samples only the
// latter says anything. Both are given. Of many samples the debiased one is taken in batches: HSIC₁ is averaged over batches, then divided.
//
// Standard errors are jackknife estimates, over 20 groups of samples (sample i is in group i mod 20) or over batches. They say how much another draw of samples
// would change the number, not how much another seed of the network would. The median distance of an RBF kernel stays that of all samples.
//
// Networks are evaluated on a device in their own dtype; columns are centred and products with the transpose made there in float64, so that n x n numbers leave it
// and n x h never do. The rest is float64 on the host.
//
// A number without a value is NaN with a warning: where HSIC₁ of a representation with itself is not above 0, as on few samples, or where most samples are equal.
// Refused are fewer than 4 samples, and comparisons over different samples. Nothing here changes a weight.
package cka
