// SPDX-License-Identifier: Apache-2.0

// Package optim holds the baselines that Gauss-Newton is compared with, behind gnstep's own step contract: sgd, momentum, adam, adamw. Conventions are
// PyTorch's. With g the gradient of the batch's mean loss, plus λZ where weight decay λ is not decoupled:
//
//	sgd       Z ← Z - lr·g
//	momentum  v ← μv + g;  Z ← Z - lr·v
//	adam      m ← β₁m + (1-β₁)g, s ← β₂s + (1-β₂)g²;  Z ← Z - lr·m̂/(√ŝ + ε), m̂ = m/(1-β₁ᵗ), ŝ = s/(1-β₂ᵗ)
//	adamw     adam on the bare gradient, and Z ← Z - lr·λZ
//
// sgd, adam and adamw are GoMLX's optimizers; momentum, which GoMLX does not have, is written here. A step that would write a number that is not finite
// leaves weights and state as they were. The state lies in the store beside the weights, so it stays on the device.
package optim
