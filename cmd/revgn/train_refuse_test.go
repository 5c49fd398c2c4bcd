// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"revgn/internal/backend"
	"revgn/internal/record"
)

// refused runs a train command line that must fail with one line and that exit code.
func refused(t *testing.T, code int, want string, args ...string) (stderr string) {
	t.Helper()
	got, _, stderr := cli(args...)
	lines := strings.Split(strings.TrimSuffix(stderr, "\n"), "\n")
	last := lines[len(lines)-1]
	if got != code || !strings.HasPrefix(last, "revgn: ") || !strings.Contains(last, want) || strings.Count(stderr, "revgn: ") != 1 {
		t.Errorf("%v: exit %d, want %d and one line with %q:\n%s", args, got, code, want, stderr)
	}
	return stderr
}

// What cannot be trained is refused before anything is written.
func TestTrainRefuses(t *testing.T) {
	noPlugin := "no.so"
	if !backend.XLABuilt() {
		noPlugin = "this build has no XLA"
	}
	odd, many := smallData(t, 60, 3, 2), smallData(t, 60, 4, 5)
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--dataset", odd}, exitFailed, "width 3: a reversible network halves its input"},
		{[]string{"--dataset", many}, exitFailed, "classes 5: must lie between 2 and the width 4"},
		{[]string{"--dataset", "csv:none.csv"}, exitFailed, "none.csv: no such file or directory (see --dataset"},
		{[]string{"--dataset", "mnist", "--data-dir", t.TempDir()}, exitFailed, "revgn data get mnist"},
		{[]string{"--dataset", "mnist", "--offline", "--data-dir", t.TempDir()}, exitFailed, "the network is forbidden (--offline, $REVGN_OFFLINE): copy the files there"},
		{[]string{"--dataset", "mnits"}, exitUsage, `did you mean "mnist"`},
		{[]string{"--augment", "crop"}, exitUsage, "crop and flip need images"},
		{[]string{"--dataset", "teacher:widht=32"}, exitUsage, `did you mean "width"`},
		{[]string{"--label-noise", "2"}, exitUsage, "label-noise: got 2; allowed: a probability from 0 to 1"},
		{[]string{"--lr", "0"}, exitUsage, "lr: got 0; allowed: greater than 0"},
		{[]string{"--lr", "-1"}, exitUsage, "lr: got -1"},
		{[]string{"--lr", "NaN"}, exitUsage, "finite number"},
		{[]string{"--preset", "minst-minibatch"}, exitUsage, `did you mean "mnist-minibatch"`},
		{[]string{"--dtype", "f16"}, exitUsage, "allowed: f32, f64"},
		{[]string{"--batch-size", "201"}, exitUsage, "has 200 training samples (use --batch-size 200 or less, or --full-batch)"},
		{[]string{"--require-exact", "1e-4", "--hidden", "20"}, exitUsage, "use --hidden 32 or more"},
		{[]string{"--require-exact", "1e-4", "--batch-size", "0", "--full-batch"}, exitUsage, "use --hidden 200 or more, or --batch-size 65 or less"},
		{[]string{"--require-exact", "1e-4", "--activation", "identity"}, exitUsage, "another activation, or --batch-size 9 or less"},
		{[]string{"--backend", "gpu"}, exitUsage, "gpu"},
		{[]string{"--backend", filepath.Join(t.TempDir(), "no.so")}, exitFailed, noPlugin},
		{[]string{"--train-size", "999"}, exitUsage, "at most the 200 training samples"},
	} {
		out := filepath.Join(t.TempDir(), "run")
		stderr := refused(t, c.code, c.want, smallArgs(t, out, c.args...)...)
		if strings.Contains(stderr, "warning: ") || slices.Contains(c.args, "--offline") && strings.Contains(stderr, "data get") {
			t.Errorf("%v: it advises what does not help:\n%s", c.args, stderr)
		}
		if _, err := os.Lstat(out); err == nil {
			t.Errorf("%v left %s behind", c.args, out)
		}
	}
}

// A directory that holds a run, or anything else, stays as it was.
func TestTrainLeavesWhatWasThere(t *testing.T) {
	run, _ := trained(t, smallArgs(t, filepath.Join(t.TempDir(), "run"))...)
	before := files(t, run.Dir())
	refused(t, exitFailed, "already holds a run (config.yaml): choose another directory with --out", smallArgs(t, run.Dir(), "--seed", "1")...)
	if diff := cmp.Diff(before, files(t, run.Dir())); diff != "" {
		t.Errorf("the run changed (-before +after):\n%s", diff)
	}
	other := t.TempDir()
	writeTestFile(t, filepath.Join(other, "thesis.tex"), "x")
	refused(t, exitFailed, "is not empty", smallArgs(t, other)...)
	refused(t, exitFailed, "not a directory", smallArgs(t, filepath.Join(other, "thesis.tex", "run"))...)
	if got := files(t, other); len(got) != 1 || got["thesis.tex"] != "x" {
		t.Errorf("%v", got)
	}
}

// files are the contents below dir.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		all[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// What is allowed but may surprise is said once before training, and recorded.
func TestTrainWarns(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--lr", "1.5"}, "lr: α = 1.5 is above 1, so each step overshoots"},
		{[]string{"--hidden", "20"}, "rank at most 21, below the batch of 32"},
		{[]string{"--hidden", "20", "--batch-size", "100"}, "rank at most 21, below the batch of 100"},
		{[]string{"--activation", "identity"}, "rank at most 9, below the batch of 32"},
		{[]string{"--optimizer", "adam", "--carry=false"}, "carry has no effect with optimizer adam"},
		{[]string{"--train-size", "2", "--batch-size", "2"}, "classes have no training sample"},
	} {
		args := smallArgs(t, filepath.Join(t.TempDir(), "run"), append(c.args, "--steps", "1")...)
		code, _, stderr := cli(args...)
		if code != exitDone || strings.Count(stderr, "warning: ") != 1 || !strings.Contains(stderr, c.want) || strings.Index(stderr, "warning: ") > strings.Index(stderr, "backend ") {
			t.Errorf("%v: exit %d, want one warning with %q before the plan:\n%s", c.args, code, c.want, stderr)
		}
		events := metricsOf(t, opened(t, args)).Events
		if len(events) != 1 || events[0].Event != "warning" || !strings.Contains(events[0].Message, c.want) {
			t.Errorf("%v: events %+v", c.args, events)
		}
	}
	args := smallArgs(t, filepath.Join(t.TempDir(), "run"), "--batch-size", "0", "--full-batch", "--steps", "1")
	if _, _, stderr := cli(args...); strings.Count(stderr, "warning: ") != 1 || !strings.Contains(stderr, "below the batch of 200") {
		t.Errorf("a full batch above the hidden size:\n%s", stderr)
	}
	if _, _, stderr := cli(smallArgs(t, filepath.Join(t.TempDir(), "run"), "--steps", "1")...); strings.Contains(stderr, "warning") {
		t.Errorf("a warning without a reason:\n%s", stderr)
	}
}

// A step that is not exact enough, or not finite, ends the run; it is saved.
func TestTrainStops(t *testing.T) {
	for _, c := range []struct {
		args  []string
		code  int
		want  string
		event string
	}{
		{[]string{"--require-exact", "1e-30"}, exitCheck, "require-exact: step 1 has certificate", ""},
		{[]string{"--optimizer", "sgd", "--lr", "1e30"}, exitFailed, "is not finite", "non-finite"},
		{[]string{"--optimizer", "sgd", "--lr", "1e18"}, exitFailed, "is not finite", "non-finite"},
		{[]string{"--optimizer", "adam", "--lr", "1e15", "--loss", "mse"}, exitFailed, "try a smaller --lr", "non-finite"},
		{[]string{"--lr", "1e25"}, exitFailed, "is not finite", "non-finite"},
	} {
		args := smallArgs(t, filepath.Join(t.TempDir(), "run"), c.args...)
		refused(t, c.code, c.want, args...)
		run := opened(t, args)
		m, s := metricsOf(t, run), summaryOf(t, run)
		if s.Status != record.Failed || !strings.Contains(s.Message, c.want) || s.Steps != len(m.Steps) {
			t.Errorf("%v: summary %+v with %d steps", c.args, s, len(m.Steps))
		}
		if c.event != "" && (len(m.Events) == 0 || m.Events[len(m.Events)-1].Event != c.event) {
			t.Errorf("%v: events %+v", c.args, m.Events)
		}
		saved, err := run.Checkpoint(-1)
		if err != nil || saved.Step != s.Steps {
			t.Errorf("%v: newest checkpoint %+v (%v) after %d steps", c.args, saved, err, s.Steps)
			continue
		}
		for _, a := range saved.Arrays {
			if values, ok := a.Data.([]float32); ok && !allFinite(values) {
				t.Errorf("%v: %s is not finite", c.args, a.Name)
			}
		}
	}
}

func allFinite(values []float32) bool {
	for _, v := range values {
		if v-v != 0 {
			return false
		}
	}
	return true
}
