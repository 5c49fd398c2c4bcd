// SPDX-License-Identifier: Apache-2.0

// Package oracle computes reversible networks and split Gauss-Newton steps a second time: on the host, in float64, with
// dense linear algebra, straight from the equations of docs/mathematics.md. It imports neither the model nor the step that
// it checks, so agreement with them is evidence.
//
// Clarity comes before speed. Derivatives come from dual numbers, pull-backs from a dense LU solve per sample, JΔZ from
// the assembled Jacobian and least squares from the singular value decomposition; none of the tangent, adjoint and
// row-form rules of the fast code are used. Sizes up to about D = 32, h = 64, B = 40, L = 6 take seconds.
//
//	symbol   here          shape        meaning
//	B                                   samples
//	D = 2d   Width                      stream width; the halves x1, x2 have d columns
//	h        Hidden                     width of a coupling's frozen expansion
//	K        Classes                    logits
//	L        Blocks                     blocks; coupling c = 2l is F of block l, c = 2l+1 is its G
//	C_c      C[c]          d × h        frozen
//	W_c      W[c]          h × d        trainable
//	b_c      B[c]          d            trainable, absent without bias
//	Z_c      Z(c)          (h+1) × d    [W_c; b_c], or W_c alone without bias
//	U        U             D × K        frozen readout
//	Φ_c      Features      B × (h+1)    [σ_c(x C_c), 1], or B × h without bias
//
// A block maps (x1, x2) to y1 = x1 + F(x2), y2 = x2 + G(y1). Vectors over the batch are sample-major: entry (n, k) of a
// B × K matrix is row n·K + k of a Jacobian. The P parameters are the Z_c in the order of c, each row by row.
//
// Refused with an error: settings that Config.Validate or Net.Validate name, labels outside 0..K-1, weights that are
// negative or do not sum to 1, arrays that do not make a network. A matrix whose shape does not fit a validated Net
// panics, as it does in gonum.
package oracle
