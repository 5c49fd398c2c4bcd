// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
)

// The exit codes of every command.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitCheck       = 3  // a check failed: verify, --require-exact
	exitInterrupted = 75 // interrupted but resumable
)

// exitError is an error with an exit code of its own.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

// ExitCode returns the code. Errors of other packages may have this method too.
func (e *exitError) ExitCode() int { return e.code }

// usageError marks err as bad usage; nil stays nil.
func usageError(err error) error {
	if err == nil {
		return nil
	}
	return &exitError{exitUsage, err}
}

// named puts the command before what was wrong with its usage, where the message does not begin with it.
func named(cmd *cobra.Command, err error) error {
	name := commandName(cmd)
	if exitCode(err) != exitUsage || name == "" || strings.HasPrefix(err.Error(), name+": ") {
		return err
	}
	return fmt.Errorf("%s: %w", name, err)
}

// commandName is a command as its user knows it, such as sweep plan, "" for the program itself.
func commandName(cmd *cobra.Command) string {
	return strings.TrimPrefix(strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()), " ")
}

// exitCode returns the code of an error: its own, or that of an interrupt, or 1.
func exitCode(err error) int {
	var coded interface{ ExitCode() int }
	switch {
	case errors.As(err, &coded):
		return coded.ExitCode()
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	}
	return exitFailed
}

// printError writes err in one line.
func printError(w io.Writer, err error, asJSON bool) {
	text := strings.Join(strings.FieldsFunc(err.Error(), func(r rune) bool { return r == '\n' || r == '\r' }), "; ")
	text = strings.Map(printable, text)
	if !asJSON {
		fmt.Fprintf(w, "revgn: %s\n", text)
		return
	}
	line, jsonErr := json.Marshal(map[string]any{"kind": "error", "error": text, "exit": exitCode(err)})
	if jsonErr != nil {
		line = []byte(`{"kind":"error"}`)
	}
	fmt.Fprintf(w, "%s\n", line)
}

// printable drops what is no text: a message may quote a file from outside, and a terminal obeys control characters.
func printable(r rune) rune {
	if unicode.IsControl(r) {
		return -1
	}
	return r
}

// wantsJSON looks for --log-format json itself: the error may be one of parsing.
func wantsJSON(args []string) bool {
	for i, a := range args {
		if a == "--" {
			break
		}
		if a == "--log-format=json" || a == "--log-format" && i+1 < len(args) && args[i+1] == "json" {
			return true
		}
	}
	return false
}
