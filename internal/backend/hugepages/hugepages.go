// SPDX-License-Identifier: Apache-2.0

//go:build linux && cgo && !noxla

package hugepages

// #include "aligned.h"
import "C"

// least is the size of a block from which on huge pages are worth what rounding up to them wastes.
const least = 4 << 20

// Use makes large blocks that plugins take from now on lie in huge pages, for the rest of the process.
func Use() { C.revgn_huge_from(least) }
