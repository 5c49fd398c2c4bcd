// SPDX-License-Identifier: Apache-2.0

package sweep

import (
	"os"
	"os/exec"
	"syscall"
)

// attach makes a child stop in order when this process dies, however it dies, and keeps signals of a terminal from it, which this process forwards.
func attach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}

func interrupt(p *os.Process) error { return p.Signal(syscall.SIGTERM) }
