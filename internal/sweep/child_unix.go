// SPDX-License-Identifier: Apache-2.0

//go:build unix && !linux

package sweep

import (
	"os"
	"os/exec"
	"syscall"
)

// Attach keeps signals of a terminal from a child, which this process forwards. When this process is killed the child ends its run by itself.
func Attach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// Interrupt tells a child to end in order.
func Interrupt(p *os.Process) error { return p.Signal(syscall.SIGTERM) }
