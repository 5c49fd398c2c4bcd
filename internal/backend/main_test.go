// SPDX-License-Identifier: Apache-2.0

package backend

import (
	"os"
	"testing"
)

// TestMain does what main does, so that the check of XLA_FLAGS can start this binary as its child.
func TestMain(m *testing.M) {
	if code, asked := Probe(os.Stdout, os.Stderr); asked {
		os.Exit(code)
	}
	os.Exit(m.Run())
}
