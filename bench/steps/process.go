// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

// patience is how long a run that was asked to stop may take to save what it has.
const patience = time.Minute

// process runs a program file. A cancelled context interrupts it as a person would, so that it ends in order.
func process(path string) launcher {
	return func(ctx context.Context, args []string, log io.Writer) error {
		cmd := exec.CommandContext(ctx, path, args...)
		cmd.Stdout, cmd.Stderr = log, log
		cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
		cmd.WaitDelay = patience
		return cmd.Run()
	}
}

// checkProgram says early that there is nothing to run.
func checkProgram(path string) error {
	if _, err := exec.LookPath(path); err != nil {
		return fmt.Errorf("revgn: cannot run %s: %w (run make build, or give --revgn PATH)", path, err)
	}
	return nil
}
