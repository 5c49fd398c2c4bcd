// SPDX-License-Identifier: Apache-2.0

// Package train is the only training loop. It opens a backend and a data set, builds the network and its step, and runs
//
//	weights → step → weights
//
// on the device: weights do not visit the host between steps. The host sends a batch and receives a few numbers a step; it writes them to the run
// directory. What a step costs (Seconds) and what only measures it (MeasureSeconds) are timed apart.
//
// A run ends done, interrupted (its context was cancelled), or failed: a step that is not finite leaves the weights as they were before it, and they are
// saved on every way out.
package train
