// SPDX-License-Identifier: Apache-2.0

// Package verify runs the properties that need no paper (docs/mathematics.md) on the backend at hand, each on a table of small problems, in Float64 and Float32,
// and says for each the worst figure, its tolerance and whether it holds.
//
// For every problem and dtype it draws a network, runs model's functions and gnstep's step on the backend, copies weights and results to the host, and compares
// there with internal/oracle: float64, dense, written from the equations alone. What is compared of a step is the ΔZ that it wrote to the weights, not what it
// says of itself; what it says of itself, the certificate, is compared too.
//
//	problem → observation (what the backend computed) → reference (what the equations say) → figures → rows
//
// It refuses nothing: a problem that the backend cannot compile or run is an error of Run, a figure that is not finite fails its check.
package verify
