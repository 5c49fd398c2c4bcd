// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/pflag"
)

// Exit codes, those of revgn.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 75
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run executes one command line and returns the exit code. The first SIGINT or SIGTERM ends the run under way in order, a second one leaves at once.
func run(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)

	o, err := parseOptions(args, methods(), stderr)
	if errors.Is(err, pflag.ErrHelp) {
		return exitDone
	}
	if err == nil && !o.plan {
		err = checkProgram(o.revgn)
	}
	if err == nil {
		err = compare(ctx, &bench{options: o, methods: methods(), launch: process(o.revgn), progress: stderr}, stdout)
	}
	if err == nil {
		return exitDone
	}
	fmt.Fprintf(stderr, "steps: %s\n", strings.ReplaceAll(err.Error(), "\n", "; "))
	return exitCode(err)
}

// usageError is a mistake of the command line.
type usageError struct{ error }

// ExitCode is that of bad usage.
func (usageError) ExitCode() int { return exitUsage }

// interruptedError is a comparison that was stopped and can go on.
type interruptedError struct{}

func (interruptedError) Error() string { return "interrupted; the same command goes on from here" }

// ExitCode is that of an interrupt.
func (interruptedError) ExitCode() int { return exitInterrupted }

// exitCode returns the code of an error: its own, or 1.
func exitCode(err error) int {
	var coded interface{ ExitCode() int }
	if errors.As(err, &coded) {
		return coded.ExitCode()
	}
	return exitFailed
}
