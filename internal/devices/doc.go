// SPDX-License-Identifier: Apache-2.0

// Package devices runs the graphs of a network on one device, or on several of one process with the hidden dimension split between them.
//
// On n devices each holds h/n of the columns of C (d,h) and of the rows of W (h,d) and of everything that is shaped like W, such as an optimizer's moments;
// biases, the readout, frozen factors and the batch are whole on each. The features Φ (B,h) then come out split along h, ΦΦᵀ is the sum over devices of
// Φ_sΦ_sᵀ, one all-reduce of at most B² numbers, a product with W or Cᵀ one of B·d, and the update of W needs none. What a graph makes of B, d and K alone,
// the Cholesky factors above all, every device computes for itself.
//
// XLA's partitioner (Shardy) finds this from the layout of the variables alone (docs/scaling.md): graphs are written as for one device. It refuses a hidden size
// that the devices cannot divide evenly.
package devices
