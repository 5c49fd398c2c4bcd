// SPDX-License-Identifier: Apache-2.0

package reproduce

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"time"
)

// patience is how long a process that was interrupted may take to end.
const patience = 30 * time.Second

// Run makes a process, interrupts it when ctx ends, and returns what it said last where it fails.
func Run(ctx context.Context, cmd *exec.Cmd) error {
	bound := exec.CommandContext(ctx, cmd.Path)
	bound.Args, bound.Env, bound.Dir = cmd.Args, cmd.Env, cmd.Dir
	bound.Cancel = func() error { return bound.Process.Signal(os.Interrupt) }
	bound.WaitDelay = patience
	output, err := bound.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, tail(output))
	}
	return nil
}
