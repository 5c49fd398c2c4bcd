// SPDX-License-Identifier: Apache-2.0

// Command revgn trains reversible networks with certified exact Gauss-Newton
// steps. See `revgn --help` and README.md.
package main

import (
	"os"

	"revgn/internal/backend"
	"revgn/internal/heap"
)

func main() {
	heap.Pin() // XLA computes in memory of the thread that calls it
	// A child of this program that tries XLA_FLAGS out is no command line.
	if code, asked := backend.Probe(os.Stdout, os.Stderr); asked {
		os.Exit(code)
	}
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}
