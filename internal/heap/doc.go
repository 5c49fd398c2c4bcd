// SPDX-License-Identifier: Apache-2.0

// Package heap has the C library keep the memory that XLA computes in on the CPU.
//
// XLA takes what lies between the inputs and results of a graph anew at every call, most of it as one block of some hundred megabytes. glibc gets a block of that
// size from the system each time and gives it back, so that every step begins with pages that have to be cleared and mapped. Keep has it hold on to them. That works
// in the heap of the main thread alone, for those of other threads consist of parts of 64 MiB; so Pin keeps the program's main goroutine on that thread, and XLA must
// compute where it is called from (its option asynchronous off). Where glibc is not the C library nothing of this is done.
package heap
