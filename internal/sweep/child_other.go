// SPDX-License-Identifier: Apache-2.0

//go:build !unix

package sweep

import (
	"os"
	"os/exec"
)

// Attach does nothing here: a child ends by itself when its run does.
func Attach(*exec.Cmd) {}

// Interrupt ends the child: its run goes on from the last checkpoint.
func Interrupt(p *os.Process) error { return p.Kill() }
