// SPDX-License-Identifier: Apache-2.0

// Package benchmark measures steps: what they take of time and memory, and what share of the machine's own matmul rate they reach.
//
// A step is the compiled graph that training runs, from a batch on the host to updated weights and the report on the host. Every time is one of several that
// were taken in turn in one process, and comes as a median with its quartiles:
//
//	Measure   steps, and products of square matrices between them
//	phases    prefixes of the step and the step, round after round; a phase is the difference of two neighbours in a round
//	Versus    steps of two option sets, A B A B ...; the ratio is taken pair by pair
//	Sweep     Measure at several sizes; the exponent is the slope of log time over log size, beside that of the operations counted at the same sizes
//
// In the place of a step it measures an analysis of the batch: its tangent kernel, from samples on the host to the kernel on the host.
//
// It writes Go's benchmark format, JSON and a table. It trains nothing: rates are so small that all steps are those of the start, on one batch. Where
// the data set is not there, or has fewer samples than a batch, inputs are random, which is told.
package benchmark
