// SPDX-License-Identifier: Apache-2.0

package reproduce

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"runtime"

	"revgn/internal/lease"
	"revgn/internal/sweep"
)

// Run makes a process, tells it to stop when ctx ends, and returns what it said last where it fails. Others may take the lease, nil for none, over only when the process is gone too.
func Run(ctx context.Context, cmd *exec.Cmd, l *lease.Lease) error {
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	sweep.Attach(cmd)
	// On Linux the child is told when the thread that started it ends, so this one must stay.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := cmd.Start(); err != nil {
		return err
	}
	if l != nil {
		_ = l.Child(cmd.Process.Pid) // without it others may begin the same a little early
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	var err error
	select {
	case err = <-ended:
	case <-ctx.Done():
		_ = sweep.Interrupt(cmd.Process) // it has ended by itself if this fails
		err = <-ended
	}
	if err != nil {
		return fmt.Errorf("%w: %s", err, tail(output.Bytes()))
	}
	return nil
}
