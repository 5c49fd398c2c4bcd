// SPDX-License-Identifier: Apache-2.0

// Package sites names the places in a reversible network at which representations are looked at, and finds each in a trace, for all analyses alike.
//
// On n samples each site is a matrix with a row a sample:
//
//	kind      name                columns  what it is (docs/mathematics.md, section 1)
//	input     input               D        x
//	stream    block0.stream       D        [y1, y2] after a block; after the last one what the readout reads
//	branch    block0.f.branch     d        F(x2) of a coupling, or G(y1): what it adds to the stream
//	features  block0.f.features   h        σ(xC) of a coupling, xC where σ is the identity; without the column of ones that belongs to the bias
//	logits    logits              K        z
//
// Features of a coupling move although C is frozen, because what goes in moves. Those of block 0's F see x2 alone and never change.
//
// Of a linearised network (docs/controls.md) every site but the stream after the last block and the logits is the one at the weights that it starts from: that
// is where its features and slopes are taken.
package sites
