// SPDX-License-Identifier: Apache-2.0

package sweep

import (
	"os"
	"os/exec"
	"syscall"
)

// Attach makes a child stop in order when this process dies, however it dies, and keeps signals of a terminal from it, which this process forwards.
func Attach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}

// Interrupt tells a child to end in order.
func Interrupt(p *os.Process) error { return p.Signal(syscall.SIGTERM) }
