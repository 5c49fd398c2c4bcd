// SPDX-License-Identifier: Apache-2.0

// Package gnstep is one exact Gauss-Newton step of a reversible network as a GoMLX graph: target → pull-back → solves → certificate → new weights.
//
// The step asks every logit of the batch to move by -αu, u = H⁺ε (docs/mathematics.md, section 2), spreads that over the blocks (section 3), solves
// Φ A = T for every coupling (section 4), and measures with the tangent of the whole network along the change it found how far the prescribed change is
// met (section 7). The tangent is what carries the shortfall of a lower block to the blocks above, so the certificate costs nothing beyond the step.
//
//	u (B,K)   wanted change of the logits, sign reversed       v = u Uᵀ (B,D)  the same on the stream
//	t_l       v pulled back to the output of block l           w_l             block l's share, Σ w_l = 1
//	ΔZ        the change of the weights; Z ← Z - αΔZ           s               JΔZ on the stream, block by block
//	Gm        Gram matrix ΦΦᵀ (B,B)                            μ               ρ·mean(diag Gm), the filter's level
//
// MinNorm takes the least change that does the same to the logits instead (sections 5 and 6), Spectral truncates, and Curvature chooses H; all go through the
// same certificate.
//
// A step whose conditions do not hold is still the best that the couplings can do, and its certificate says by how much it falls short. A step that would write
// a number that is not finite, or whose solve broke down (a certificate above 10), leaves every weight as it was and says so.
//
// It does not know where a batch came from, and keeps no state on the host.
package gnstep
