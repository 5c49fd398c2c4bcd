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
	return programWithin(t, time.Minute, args...)
}

// programWithin kills the process after so long.
func programWithin(t *testing.T, limit time.Duration, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
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

// A command that cannot end in order, here one that waits for a pipe in which nobody
// writes, survives the first SIGINT and dies of the next. Signals of batch systems,
// however many, never kill it.
func TestSecondInterruptLeavesAtOnce(t *testing.T) {
	for _, signals := range [][]syscall.Signal{
		{syscall.SIGINT, syscall.SIGINT},
		{syscall.SIGTERM, syscall.SIGUSR1, syscall.SIGTERM, syscall.SIGINT},
	} {
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
		writer := awaitReader(t, pipe) // by then it has its signal handler
		dies(t, cmd, signals, ended)
		if err := writer.Close(); err != nil {
			t.Error(err)
		}
	}
}

// awaitReader opens a pipe for writing as soon as someone reads it.
func awaitReader(t *testing.T, pipe string) *os.File {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		w, err := os.OpenFile(pipe, os.O_WRONLY|syscall.O_NONBLOCK, 0)
		if err == nil {
			return w
		}
		if !errors.Is(err, syscall.ENXIO) || time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}

// dies sends signals and sees that the last kills, and none before it.
func dies(t *testing.T, cmd *exec.Cmd, signals []syscall.Signal, ended <-chan error) {
	t.Helper()
	last := len(signals) - 1
	for i, s := range signals {
		if err := cmd.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
		if i < last {
			select {
			case err := <-ended:
				t.Fatalf("%v, signal %d of %v, killed it: %v", s, i+1, signals, err)
			case <-time.After(300 * time.Millisecond):
			}
		}
	}
	select {
	case err := <-ended:
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != signals[last] {
			t.Errorf("ended with %v, want death by %v", err, signals[last])
		}
	case <-time.After(20 * time.Second):
		t.Errorf("still there after %v", signals)
	}
}
