// SPDX-License-Identifier: Apache-2.0

//go:build !unix

package main

import "os"

// endSignals ask a command to end in order.
func endSignals() []os.Signal { return []os.Signal{os.Interrupt} }
