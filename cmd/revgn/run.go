// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"io"
	"os/signal"
)

// run executes one command line and returns the exit code. The first SIGINT, SIGTERM
// or SIGUSR1 (which batch systems send ahead of the end) cancels the command's context,
// so that it ends in order; after it the signals have their usual effect again, so that
// a second one leaves at once.
func run(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), endSignals()...)
	defer stop()
	context.AfterFunc(ctx, stop)

	root := newRootCommand(stdout, stderr)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	printError(stderr, err, wantsJSON(args))
	return exitCode(err)
}
