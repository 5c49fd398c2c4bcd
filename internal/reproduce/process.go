// SPDX-License-Identifier: Apache-2.0

package reproduce

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"

	"revgn/internal/lease"
	"revgn/internal/sweep"
)

// errLost says that another process took over what the lease is for.
var errLost = errors.New("another process took it over")

// Run makes a process as sweep.Supervise does, and returns what it said last where it fails.
func Run(ctx context.Context, cmd *exec.Cmd, l *lease.Lease) error {
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	ending, err := sweep.Supervise(ctx, cmd, l)
	switch {
	case err != nil:
		return err
	case ending.Lost:
		return errLost
	case ending.Err != nil:
		return fmt.Errorf("%w: %s", ending.Err, tail(output.Bytes()))
	}
	return nil
}
