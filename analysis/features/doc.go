// SPDX-License-Identifier: Apache-2.0

// Package features tells what the representations inside a network are like at one set of weights, and what of them training made: how many directions they
// have, how they align with the labels, what a linear classifier reads from them, which units changed side, and how well the network is inverted.
//
//	symbol   meaning                                                            in code
//	N        samples of the probe set, on which everything is measured          Setup.Probe
//	n        samples that linear classifiers are fitted on                      Setup.Fit
//	X        a site on samples, a row each (package sites)                      sites.Of
//	K        XXᵀ;  HKH centred, H = I - 11ᵀ/N
//	Y        labels as unit rows, N x K
//	λ        penalty of a ridge classifier, a multiple of the mean of diag HKH on the n samples
//
// The network runs on the device in its own dtype. A site with more columns than samples leaves it as XXᵀ, computed there in float64, so that h = 8000 features cost
// (n+N)² numbers; the others leave as they are. The rest is float64 on the host.
//
// Ridge classifiers predict Y by squared error with an intercept that is not penalised. λ is the one of Grid with the least leave-one-out error on the n samples,
// by the closed form e_i = r_i/(1 - h_ii) with the residuals r and the hat matrix (Allen 1974, Technometrics 16; exact, the intercept included), from
// HKH reduced to tridiagonal form once. The probe set is seen by none of that.
//
// C is frozen, and yet the features σ(xC) of all couplings but the first move: their x does.
//
// Refused are samples of another width or other classes than the network's. Nothing here changes a weight.
package features
