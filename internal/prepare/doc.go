// SPDX-License-Identifier: Apache-2.0

// Package prepare changes a data set after it was read and before anything
// learns from it: [Whiten] fits a linear map on the training part, in float64 on
// the host, and applies it to both parts.
//
// # Whitening
//
//	symbol   meaning                                             size
//	X        training samples, centred by their mean m           N x D
//	S        covariance XᵀX/N = Q Λ Qᵀ, λ_1 >= λ_2 >= ...        D x D
//	r        directions kept: λ_i > 1e-5·λ_1                     <= min(N-1, D)
//
//	pca      x -> Λ_r^(-1/2) Q_rᵀ (x - m), then D - r zeros
//	zca      x -> Q_r Λ_r^(-1/2) Q_rᵀ (x - m)
//
// The covariance of the whitened training samples is the identity on the r
// directions kept and zero on the others. Directions below the floor are left
// out rather than blown up: on images they are borders that hardly ever vary,
// and 1/√λ would make single samples of them that outweigh all others. pca
// orders features by variance, so the result is no image any more; zca is the
// whitening that stays closest to the samples (Kessy, Lewin, Strimmer 2018,
// arXiv 1512.00809), and keeps an image one. The sign of an eigenvector is fixed: its
// entry of largest size is positive.
//
// Where N < D the eigenvectors come from the N x N matrix XXᵀ/N instead, which
// has the same non-zero spectrum.
//
// It refuses fewer than two samples and samples that do not differ.
package prepare
