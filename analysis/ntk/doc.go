// SPDX-License-Identifier: Apache-2.0

// Package ntk computes the empirical tangent kernel of a reversible network on a
// probe set, and what is said of it (docs/mathematics.md, section 6;
// docs/analysis.md).
//
//	symbol   meaning                                                      shape
//	N, K     samples of the probe set, classes
//	z        logits
//	J        derivative of all logits by all that is trained              NK x P
//	Θ        JJᵀ, the kernel of the logits; entry [(n,k),(m,j)]           NK x NK
//	Θ_tr     Σ_k Θ[(n,k),(m,k)], the class-traced kernel                  N x N
//	Φ_c      features of coupling c, with the bias's column of ones       N x (h+1)
//	δ_c      ∂z_k(n)/∂(output of coupling c at sample n)                  N x K x d
//	H        I - 11ᵀ/N, which centres over samples
//
// The kernel is exact and comes from products of matrices alone,
//
//	Θ[(n,k),(m,j)] = Σ_c (Φ_c(n)·Φ_c(m)) (δ_c[n,k,:]·δ_c[m,j,:])
//
// so that it costs 2N²h + 2N²K²d operations a coupling (2N²Kd for the traced
// one), half of which symmetry saves, and K adjoint passes. Samples go through
// the network in blocks of rows, once; pairs of blocks make tiles, of which those
// on and above the diagonal are computed. Plan says what that takes before it
// starts, and everything stays below a memory limit.
//
// What is the same for every sample is used once: an identity coupling's Gram
// matrix is x(CCᵀ)xᵀ, its adjoint one product with (CW)ᵀ, and δ of the top G is
// the readout. Networks that are linearised or scaled have the derivatives of what
// they are, with the scale in Θ squared.
//
// Where N² numbers are too many, Products gives Θz = J(Jᵀz) for random z, from
// which norms, traces and alignments are estimated with jackknife errors.
//
// Statistics are computed on the host in float64. The kernel's own entries have
// the rounding of the network's dtype.
package ntk
