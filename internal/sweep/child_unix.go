// SPDX-License-Identifier: Apache-2.0

//go:build unix && !linux

package sweep

import (
	"os"
	"os/exec"
	"syscall"
)

// attach keeps signals of a terminal from a child, which this process forwards. When this process is killed the child ends its run by itself.
func attach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func interrupt(p *os.Process) error { return p.Signal(syscall.SIGTERM) }
