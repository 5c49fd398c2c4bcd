// SPDX-License-Identifier: Apache-2.0

//go:build unix

package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// asProgram in the environment makes this test binary the program itself.
const asProgram = "REVGN_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

// program returns the program as a process of its own.
func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append(os.Environ(), asProgram+"=1", "REVGN_OFFLINE=1")
	return cmd
}

func TestProcessExitCode(t *testing.T) {
	for _, c := range []struct {
		args []string
		want int
	}{{[]string{"version"}, exitDone}, {[]string{"trian"}, exitUsage}, {[]string{"data", "info", "csv:no-such-file.csv"}, exitFailed}} {
		err := program(t, c.args...).Run()
		got := 0
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			got = exit.ExitCode()
		} else if err != nil {
			t.Fatal(err)
		}
		if got != c.want {
			t.Errorf("%v: exit %d, want %d", c.args, got, c.want)
		}
	}
}

// A command that cannot end in order, here one that waits for a pipe without a
// writer, survives the first SIGINT and dies of the second.
func TestSecondInterruptLeavesAtOnce(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "config.yaml")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skipf("no named pipes here: %v", err)
	}
	cmd := program(t, "train", "--config", pipe)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	time.Sleep(500 * time.Millisecond) // until it has its signal handler and waits
	for i := range 2 {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			select {
			case err := <-ended:
				t.Fatalf("the first interrupt killed it: %v", err)
			case <-time.After(300 * time.Millisecond):
			}
		}
	}
	select {
	case err := <-ended:
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGINT {
			t.Errorf("ended with %v, want death by SIGINT", err)
		}
	case <-time.After(20 * time.Second):
		t.Error("still there after the second interrupt")
	}
}
