// SPDX-License-Identifier: Apache-2.0

//go:build unix

package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"revgn/internal/record"
)

// A run that is interrupted ends with exit code 75, a summary, and a checkpoint of its last step.
func TestInterruptedRunIsSaved(t *testing.T) {
	for _, c := range []struct {
		signal os.Signal
		more   []string
	}{
		{os.Interrupt, nil},
		{syscall.SIGUSR1, []string{"--steps", "9999999"}},
		{syscall.SIGTERM, []string{"--log-format", "json"}},
		{os.Interrupt, []string{"--optimizer", "adam", "--eval-every", "1000000"}},
	} {
		args := smallArgs(t, filepath.Join(t.TempDir(), "run"), append(c.more, "--steps", "10000000", "--epochs", "10000000")...)
		cmd := program(t, args...)
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		awaitSteps(t, args)
		at := time.Now()
		if err := cmd.Process.Signal(c.signal); err != nil {
			t.Fatal(err)
		}
		var exit *exec.ExitError
		if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != exitInterrupted {
			t.Fatalf("%v: ended with %v, want exit code 75\n%s", c.signal, err, &stderr)
		}
		if took := time.Since(at); took > 10*time.Second {
			t.Errorf("%v: it took %v to end", c.signal, took)
		}
		checkInterrupted(t, opened(t, args), stderr.String())
		if c.more == nil && !strings.HasPrefix(stdout.String(), "status     interrupted after ") {
			t.Errorf("stdout:\n%s", &stdout)
		}
		if c.signal == syscall.SIGTERM {
			checkJSONResult(t, stdout.Bytes(), record.Interrupted)
		}
	}
}

// awaitSteps waits until the run has recorded two steps.
func awaitSteps(t *testing.T, args []string) {
	t.Helper()
	for range 600 {
		time.Sleep(50 * time.Millisecond)
		for i, a := range args {
			if a != "--out" {
				continue
			}
			if text, err := os.ReadFile(filepath.Join(args[i+1], "metrics.jsonl")); err == nil && bytes.Count(text, []byte(`"kind":"step"`)) >= 2 {
				return
			}
		}
	}
	t.Fatal("no step was made in 30 s")
}

func checkInterrupted(t *testing.T, run *record.Reader, stderr string) {
	t.Helper()
	m, s := metricsOf(t, run), summaryOf(t, run)
	if s.Status != record.Interrupted || s.Steps != len(m.Steps) || m.CutShort {
		t.Errorf("summary %+v after %d recorded steps", s, len(m.Steps))
	}
	if n := len(m.Events); n != 1 || m.Events[0].Event != "interrupted" || m.Events[0].Step != s.Steps {
		t.Errorf("events %+v", m.Events)
	}
	if saved, err := run.Checkpoint(-1); err != nil || saved.Step != s.Steps {
		t.Errorf("newest checkpoint %+v (%v) after %d steps", saved, err, s.Steps)
	}
	lines := strings.Split(strings.TrimSuffix(stderr, "\n"), "\n")
	if last := lines[len(lines)-1]; !strings.Contains(last, "interrupted after step") || !strings.Contains(last, "the run is saved") {
		t.Errorf("stderr ends with %q", last)
	}
}
