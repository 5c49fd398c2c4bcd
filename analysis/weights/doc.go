// SPDX-License-Identifier: Apache-2.0

// Package weights tells how far training took the weights: for each coupling what it trains, Z = [W; b], against where it started.
//
//	symbol   meaning                                      in code
//	Z_t      [W; b] of a coupling at step t, (h+1) x d    the argument now
//	Z_0      the same at the start                        the argument start
//	Δ        Z_t - Z_0                                    displacement
//	σ_i      singular values of Δ
//
// All couplings together are one block diagonal matrix: norms add up in squares, the largest singular value is the largest of any coupling.
//
// Everything is computed in float64 on the host, from the weights alone: no samples, no device. σ_i² are the eigenvalues of ΔᵀΔ (d x d, or of ΔΔᵀ where that is
// smaller), so singular values below 1e-8 of the largest are rounding. Float32 weights of size w move in steps of 6e-8 w: a displacement of few steps has that as
// noise of full rank.
package weights
