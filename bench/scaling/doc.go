// SPDX-License-Identifier: Apache-2.0

// Command scaling works out the time of a Gauss-Newton step on several devices that share the hidden dimension, and writes the tables of docs/scaling.md:
//
//	go run ./bench/scaling [--write docs/scaling.md]
//
// The step is the equal split with carrying, an identity block below ReLU blocks, B <= h, Float32, one refinement a solve, activations cached. Its time is
//
//	T(n) = (divided/n + repeated)/(share·rate) + exchanged(n) + sums·latency
//
// with the operations that devices share, those that each makes for itself, the numbers summed over all devices and how many sums that takes. Nothing runs: rates
// are the vendors' peaks times the share of its rate that a step reaches, and neither overlaps with the other. It refuses batches above the hidden size, whose
// systems are split otherwise.
package main
