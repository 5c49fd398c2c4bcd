// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"revgn/analysis/ntk"
	"revgn/internal/record"
)

// A row that was compared with another checkpoint, or with none, than the one before it now is measured again; one that fits is not.
func TestAnalyzeFollowsTheCheckpointBefore(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	trained(t, smallArgs(t, dir, "--steps", "3", "--checkpoint-every", "1")...)
	for _, c := range []struct {
		steps string
		fresh bool
		since int // that the row of step 3 is compared with
	}{{"newest", true, -1}, {"0,3", true, 0}, {"0,1,3", true, 1}, {"all", true, 2}, {"newest", false, 2}, {"all", false, 2}} {
		code, _, stderr := cli("analyze", "ntk", dir, "--backend", "go", "--probes", "5", "--step", c.steps)
		if code != exitDone || strings.Contains(stderr, "is there already") == c.fresh {
			t.Errorf("--step %s: exit %d, want something measured: %v\n%s", c.steps, code, c.fresh, stderr)
		}
		rows := analysisOf[ntk.Row](t, dir, "ntk").Checkpoints
		since := -1
		if v := rows[len(rows)-1].Values.Velocity; v != nil {
			since = v.Since
		}
		if since != c.since {
			t.Errorf("--step %s: step 3 is compared with step %d, want %d", c.steps, since, c.since)
		}
	}
}

// Arrays of a setting before do not pass for those of the numbers beside them.
func TestAnalyzeReplacesArraysOfAnotherSetting(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	trained(t, smallArgs(t, dir, "--steps", "1")...)
	for _, flags := range [][]string{{"--full", "--arrays"}, {}, {"--arrays"}} {
		args := append([]string{"analyze", "ntk", dir, "--backend", "go", "--probes", "5", "--step", "0"}, flags...)
		if code, _, stderr := cli(args...); code != exitDone {
			t.Fatalf("%v: exit %d\n%s", flags, code, stderr)
		}
	}
	writtenKernel(t, dir, 0, false)
}

// What has no value has no error either.
func TestFigureCellWithoutValue(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	trained(t, smallArgs(t, dir, "--steps", "1")...)
	code, stdout, stderr := cli("analyze", "ntk", dir, "--backend", "go", "--probes", "1", "--estimate", "hutchinson")
	if code != exitDone || strings.Contains(stdout, "- +-") || !strings.Contains(stdout, " +-") {
		t.Errorf("exit %d, %s\n%s", code, stderr, stdout)
	}
}

// An interrupt before the first checkpoint is done ends like one after it.
func TestAnalyzeInterruptedAtTheStart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	trained(t, smallArgs(t, dir, "--steps", "1")...)
	s := study[int]{name: "some", start: func(context.Context, *subject) error { return context.Canceled }}
	for _, redo := range []bool{false, true} {
		err := runStudy(t.Context(), analyzeOptions{step: "newest", redo: redo}, []string{dir}, s, io.Discard, io.Discard)
		var interrupted *interruptedAnalysis
		if !errors.As(err, &interrupted) || interrupted.ExitCode() != exitInterrupted || strings.Contains(err.Error(), "without --redo") != redo {
			t.Errorf("redo %v: %v", redo, err)
		}
	}
}

// A run that goes on drops checkpoints while it is analysed: of all that were there those that still are get measured.
func TestAnalyzeWhileTheRunGoesOn(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	trained(t, smallArgs(t, dir, "--steps", "4", "--checkpoint-every", "1")...)
	drop := func(step int) {
		if err := os.RemoveAll(filepath.Join(dir, "checkpoints", fmt.Sprintf("step-%08d", step))); err != nil {
			t.Fatal(err)
		}
	}
	s := study[int]{
		name: "some", table: func(io.Writer, record.Analysis[int]) error { return nil },
		start: func(context.Context, *subject) error { drop(2); return nil },
		measure: func(_ context.Context, s *subject) (m measured[int], err error) {
			m.row = s.weights.Step
			return m, nil
		},
	}
	if err := runStudy(t.Context(), analyzeOptions{step: "all"}, []string{dir}, s, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	var got []int
	for _, row := range analysisOf[int](t, dir, "some").Checkpoints {
		if got = append(got, row.Step); row.Values != row.Step {
			t.Errorf("the row of step %d is of %d", row.Step, row.Values)
		}
	}
	if !slices.Equal(got, []int{0, 1, 3, 4}) {
		t.Errorf("measured steps %v", got)
	}
	s.start = func(context.Context, *subject) error { drop(3); return nil }
	if err := runStudy(t.Context(), analyzeOptions{step: "3", redo: true}, []string{dir}, s, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), "step 3") {
		t.Errorf("a step that was asked for by number and is gone: %v", err)
	}
}
