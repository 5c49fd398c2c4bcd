// SPDX-License-Identifier: Apache-2.0

// Package batches measures how the steps of different optimizers on different
// batches overlap, all from the same weights: what a step does to the loss of its
// own batch, predicted and actual, of the other batches, and of samples that no
// step sees.
//
//	symbol   meaning                                                          here
//	θ        the weights of the checkpoint, the same for every step
//	M        batches that are stepped on in turn, each from θ                 len(Samples.Steps)
//	d_i      change that the step on batch i makes, θ ← θ - d_i, lr included
//	s        multiple of it that is looked at; 1 is the step as it is made    Options.Multiples
//	L_S(θ)   mean loss over the samples S, as training has it
//	f, J     logits, and their derivative by the weights
//
// Of step i, on samples S with n of them, with ε = ∂l/∂z and H = ∂²l/∂z² (docs/mathematics.md, section 2):
//
//	actual change     ΔL_S(s)  = L_S(θ - s d_i) - L_S(θ)
//	first order       -s mean_n <ε, J d_i>
//	quadratic model   the same + ½s² mean_n (J d_i)ᵀH(J d_i)                  gnstep.PredictedChange
//	linearisation     e_S(s)   = ‖f(θ - s d_i) - f(θ) + s J d_i‖ / ‖s J d_i‖
//	matrix            A[i,j]   = ΔL of batch j at s = 1
//	overfit ratio     Σ_i ΔL_heldout / Σ_i ΔL_own
//
// How much of a step's gain reaches other samples depends on how long the step is, and optimizers make steps of different lengths. What compares their
// directions is the ratio in the limit of length 0, the ratio of the slopes Σ_i <ε, J d_i>_heldout / Σ_i <ε, J d_i>_own, which does not depend on lr; the
// curve over multiples of lr shows what length adds.
//
// Means are over the M steps. Their errors are jackknife errors, with one batch left out at a time: of an entry of A off the diagonal its row and its column, since
// both belong to the batch. They say how far the number is from that of all batches that could have come, for these weights and these held-out
// samples; what the choice of held-out samples adds is given apart.
//
// Losses are computed in Float64 from logits in the network's dtype, sample by sample before any sum, so a change of loss is as exact as the logits are:
// about 1e-7 of them in Float32.
//
// No weight changes, and no state of an optimizer: the graph of a step hands out what the step would change and writes nothing, and what a change does is
// looked at in graphs that take it as an input. Measure compares SHA-256 sums of the trained tensors all the same.
package batches
