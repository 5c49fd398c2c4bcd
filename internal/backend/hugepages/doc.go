// SPDX-License-Identifier: Apache-2.0

// Package hugepages has the system back the large buffers of a plugin with huge pages. XLA on the CPU takes the memory for what lies between the inputs and the
// results of a graph anew at every call and gives it back, and glibc gets blocks of that size from the system and returns them to it. With pages of 4 KiB a step
// on MNIST then takes some 60,000 page faults, a tenth of its processor time; with pages of 2 MiB it takes a few hundred.
//
// Plugins get such memory from posix_memalign, which a program may define itself: the dynamic linker prefers the program's definition to that of the C library. The
// one here asks the C library for the memory and the kernel for huge pages. On other systems than Linux with glibc, and without cgo, nothing changes.
package hugepages
