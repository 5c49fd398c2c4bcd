// SPDX-License-Identifier: Apache-2.0

// Package model is the reversible network of arXiv 2411.07979 as GoMLX graph functions: couplings, blocks, the whole network, their tangents, their adjoints,
// the losses, and initial values that a seed fixes on every backend.
//
// Rows are samples. The symbols are those of docs/mathematics.md:
//
//	B        samples in the batch
//	D = 2d   width of the stream; its halves x1, x2 have d columns
//	h        width of a coupling's frozen expansion
//	K        classes (logits)
//	L        blocks; couplings are named block0.f, block0.g, block1.f, …
//	C (d,h)  frozen expansion of a coupling, N(0, gain²/h)
//	W (h,d)  trainable, N(0, init_std²);  b (d) trainable bias, 0
//	U (D,K)  frozen readout with orthonormal columns
//	Φ(x)     features [σ(xC), 1], (B, h+1);  Z = [W; b]
//
// A coupling is F(x) = Φ(x) Z. A block maps (x1, x2) to y1 = x1 + F(x2), y2 = x2 + G(y1); its inverse is x2 = y2 - G(y1), x1 = y1 - F(x2). Logits are
// z = [y1, y2] U (docs/mathematics.md, section 1).
//
// Config.OutputScale and Config.Linearised tie the network to the weights it starts from (docs/controls.md); Network, Trace and all who work with them then
// see the tied network: Trace.Logits are its logits, Network.U, Readout, Tangent and Adjoint its derivatives, and Weights what training changes.
//
// Graph functions panic on shapes that do not fit, as GoMLX's own do, while the graph is built; Config.Validate returns errors for what a caller can get
// wrong. The package does not train, does not read data and does not open backends.
package model
