// SPDX-License-Identifier: Apache-2.0

package sweep

import (
	"context"
	"os/exec"
	"runtime"

	"revgn/internal/lease"
)

// Ending is how a child came to its end.
type Ending struct {
	Err  error // as exec.Cmd.Wait has it
	Told bool  // it was told to stop, because the context ended
	Lost bool  // it was killed, because another process took the lease over
}

// Supervise starts a child and waits for it; the error is that it could not be started. It is told to stop when ctx ends, and killed when the lease is lost. Others take the lease, nil for none,
// over only when the child is gone too.
func Supervise(ctx context.Context, cmd *exec.Cmd, l *lease.Lease) (e Ending, err error) {
	attach(cmd)
	// On Linux the child is told when the thread that started it ends, so this one must stay.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := cmd.Start(); err != nil {
		return e, err
	}
	var lost <-chan struct{}
	if l != nil {
		_ = l.Child(cmd.Process.Pid) // without it others may follow a little early, and find the run's own lock
		lost = l.Lost()
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case e.Err = <-ended:
	case <-ctx.Done():
		_ = interrupt(cmd.Process) // it has ended by itself if this fails
		e.Err, e.Told = <-ended, true
	case <-lost:
		_ = cmd.Process.Kill() // as above
		e.Err, e.Lost = <-ended, true
	}
	return e, nil
}
