// SPDX-License-Identifier: Apache-2.0

// Command revgn trains reversible networks with certified exact Gauss-Newton
// steps. See `revgn --help` and README.md.
package main

import "os"

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }
