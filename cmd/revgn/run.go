// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"io"
	"os"
	"os/signal"
)

// run executes one command line and returns the exit code. The first SIGINT, SIGTERM
// or SIGUSR1 (which batch systems send ahead of the end) cancels the command's context,
// so that it ends in order. After it SIGINT has its usual effect again, so that a second
// Ctrl-C leaves at once; the others have none, since batch systems send them more than once
// and to parents and children alike, while what they asked for is being done.
func run(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), endSignals()...)
	defer stop()
	context.AfterFunc(ctx, func() { signal.Reset(os.Interrupt) })

	if completing(args) {
		stdout = plainWriter{stdout}
	}
	root := newRootCommand(stdout, stderr)
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitDone
	}
	err = named(cmd, err)
	printError(stderr, err, wantsJSON(args))
	return exitCode(err)
}
