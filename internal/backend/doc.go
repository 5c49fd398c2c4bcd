// SPDX-License-Identifier: Apache-2.0

// Package backend opens the device that graphs run on, and is the one boundary where a panic of graph building becomes
// an error.
//
// Names: "go" is the embedded pure-Go backend, always there. "xla:cpu", "xla:cuda" and "xla:tpu" are XLA through a PJRT
// plugin found by package plugin; a path to a .so file opens that plugin. "auto" takes an installed plugin, CUDA before
// CPU, else installs the CPU plugin once, else falls back to "go", and says in one line what it did where that is not
// the fastest choice this machine has.
//
// Everything here is for exact work: XLA on CUDA is opened with TF32 off, the Go backend runs its operations one after
// the other (its parallel executor deadlocks on independent While loops), a CPU plugin shows one device unless asked
// for more.
//
// Open refuses: unknown names, a plugin whose bytes differ from what was installed, and XLA_FLAGS that XLA would answer
// by aborting the process. With the build tag noxla there is no cgo and no XLA; the xla names then give an error that
// says so.
package backend
