// SPDX-License-Identifier: Apache-2.0

package backend

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"time"
)

// probeVariable makes Probe open the plugin that it names; only checkXLAFlags sets it, for a child of this program.
const probeVariable = "REVGN_PROBE_PLUGIN"

// probeDone is what Probe prints when the plugin has opened, to tell a program that calls Probe from one that does not.
const probeDone = "revgn: the plugin opened"

// Probe is the other end of checkXLAFlags and has to be the first thing that main calls. In a child process made for
// the purpose it opens a plugin and returns the exit code and true: main has to exit with it. Else it returns false.
func Probe(stdout, stderr io.Writer) (code int, asked bool) {
	path, asked := os.LookupEnv(probeVariable)
	if !asked {
		return 0, false
	}
	if _, err := openXLA(pathKind(path), path, 1, nil, func(string, ...any) {}); err != nil {
		fmt.Fprintln(stderr, oneLine(err.Error()))
		return 1, true
	}
	fmt.Fprintln(stdout, probeDone)
	return 0, true
}

// checkXLAFlags opens the plugin in a child process under the flags given, so that XLA's abort hits the child, and
// returns XLA's reason as an error that names the flag. Without flags there is nothing to check and no child. A program
// that does not call Probe (a test binary) leaves the flags unchecked.
func checkXLAFlags(ctx context.Context, plugin, value string) error {
	if strings.TrimSpace(value) == "" {
		return nil
	}
	// A child of a program that does not call Probe must not make children of its own, and they theirs.
	if _, child := os.LookupEnv(probeVariable); child {
		return nil
	}
	if err := checkFlagSyntax(value); err != nil {
		return err
	}
	reason, err := probe(ctx, plugin, value)
	if err != nil || reason == "" {
		return err
	}
	words := strings.Fields(value)
	if len(words) > 1 && !strings.ContainsAny(value, `'"`) {
		for _, w := range slices.Compact(words) {
			if r, err := probe(ctx, plugin, w); err == nil && r != "" {
				return &flagError{fmt.Sprintf("%s: XLA does not accept %s: %s", flagsVariable, w, r)}
			}
		}
	}
	return &flagError{fmt.Sprintf("%s: XLA does not accept %q: %s", flagsVariable, value, reason)}
}

// probe runs this program as a child that opens the plugin under the flags. The reason is empty where XLA takes them,
// and where the plugin fails to open for another reason: Open itself will tell that.
func probe(ctx context.Context, plugin, flags string) (reason string, err error) {
	self, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("cannot check %s: %w", flagsVariable, err)
	}
	// A test binary without a call of Probe would run its tests; this argument makes it list none of them instead.
	cmd := exec.CommandContext(ctx, self, "-test.list=^$")
	cmd.Env = append(os.Environ(), probeVariable+"="+plugin, flagsVariable+"="+flags)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.WaitDelay = time.Second
	err = cmd.Run()
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err == nil || strings.Contains(stdout.String(), probeDone) {
		return "", nil
	}
	return abortReason(stderr.String()), nil
}

// xlaFatal matches the line that XLA prints before it aborts while reading its flags.
var xlaFatal = regexp.MustCompile(`(?m)^F.*parse_flags_from_env\.cc:\d+\] (.*)$`)

// abortReason reads XLA's reason off what the child printed; empty where it did not end over the flags.
func abortReason(stderr string) string {
	m := xlaFatal.FindStringSubmatch(stderr)
	switch {
	case m == nil:
		return ""
	case strings.HasPrefix(m[1], "Check failed"):
		return "bad value"
	}
	return oneLine(m[1])
}
