// SPDX-License-Identifier: Apache-2.0

// Package optim holds the baselines that Gauss-Newton is compared with, behind gnstep's own step contract: sgd, momentum, adam, adamw, muon, kfac. Conventions
// are PyTorch's, which lacks the last. With g the gradient of the batch's mean loss, plus λZ where weight decay λ is not decoupled:
//
//	sgd       Z ← Z - lr·g
//	momentum  v ← μv + g;  Z ← Z - lr·v
//	adam      m ← β₁m + (1-β₁)g, s ← β₂s + (1-β₂)g²;  Z ← Z - lr·m̂/(√ŝ + ε), m̂ = m/(1-β₁ᵗ), ŝ = s/(1-β₂ᵗ)
//	adamw     adam on the bare gradient, and Z ← Z - lr·λZ
//	muon      v ← μv + (1-μ)g;  Z ← (1 - lr·λ)Z - lr·√max(1, d/(h+1))·orthogonal(μv + (1-μ)g)
//	kfac      Z ← Z - lr·s·ΔZ, ΔZ = (A + π√λ I)⁻¹ g (G + √λ/π I)⁻¹, where that lowers the loss
//
// For the first four a weight is a number; for muon and kfac a coupling's Z = [W; b], (h+1, d), is one matrix, since the bias is a row of it. orthogonal brings
// the singular values near to 1 by five turns of Newton and Schulz. Of kfac, A ⊗ G stands for the coupling's block of the batch's Gauss-Newton matrix, with
// A = ΦᵀΦ/B and G the mean of δᵀHδ, s minimises the quadratic model along ΔZ, and λ follows the gain ratio.
//
// sgd, adam and adamw are GoMLX's optimizers; the others, which GoMLX does not have, are written here. A step that would write a number that is not finite
// leaves weights and state as they were. The state lies in the store beside the weights, so it stays on the device.
package optim
