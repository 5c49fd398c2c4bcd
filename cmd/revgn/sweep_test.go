// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"revgn/internal/record"
)

// tinySweep is the axes and the fixed options of runs that are over in a moment.
func tinySweep(t *testing.T, out string, more ...string) []string {
	t.Helper()
	args := []string{"--dataset", smallData(t, smallSamples, smallFeatures, smallClasses), "--backend", "go", "--hidden", "64", "--batch-size", "32", "--steps", "6",
		"--heldout", "0", "--out", out}
	return append(args, more...)
}

// ran runs a sweep in a process of its own, since it starts the program again.
func ran(t *testing.T, want int, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, errs strings.Builder
	cmd := programWithin(t, 20*time.Minute, append([]string{"sweep"}, args...)...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if code := cmd.ProcessState.ExitCode(); code != want {
		t.Fatalf("exit %d (%v), want %d\n%s\n%s", code, err, want, &out, &errs)
	}
	return out.String(), errs.String()
}

// sweptJSON is what --log-format json prints.
type sweptJSON struct {
	Sweep  string
	Counts map[string]int
	Exit   int
	Runs   []struct {
		ID, Run, Status, Error string
		Options                map[string]string
		Steps, Total           int
	}
	Best struct {
		Metric, Best string
		Groups       []struct {
			Group              string
			Options            map[string]string
			Mean               float64
			Seeds, Tried, Runs int
		}
	}
}

func sweptOf(t *testing.T, stdout string) sweptJSON {
	t.Helper()
	var s sweptJSON
	if err := json.Unmarshal([]byte(stdout), &s); err != nil {
		t.Fatalf("%v\n%s", err, stdout)
	}
	return s
}

// starts counts the attempts of a sweep, by run.
func starts(t *testing.T, dir string) map[string]int {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "attempts", "*.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	counted := map[string]int{}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		counted[strings.TrimSuffix(filepath.Base(path), ".jsonl")] = strings.Count(string(text), `"event":"start"`)
	}
	return counted
}

// Two workers make every run once; the same command again makes none, more seeds make those alone, and what came of it is told.
func TestSweep(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "sweep")
	axes := tinySweep(t, dir, "--optimizer", "gn,adam", "--curvature", "identity,exact", "--lr", "0.1,1e20", "--seed", "0..1", "--workers", "2", "--best", "test_acc", "--log-format", "json")
	stdout, stderr := ran(t, exitDone, axes...)
	s := sweptOf(t, stdout)
	if len(s.Runs) != 12 || s.Counts["done"]+s.Counts["diverged"] != 12 || s.Counts["done"] < 6 || s.Counts["diverged"] < 1 || s.Exit != 0 {
		t.Errorf("%+v", s)
	}
	for _, r := range s.Runs {
		if r.Status == "diverged" {
			continue
		}
		run, err := record.Open(r.Run)
		if err != nil {
			t.Fatal(err)
		}
		if m := metricsOf(t, run); len(m.Steps) != 6 || m.CutShort || r.Steps != 6 || r.Total != 6 {
			t.Errorf("%s: %d steps, %+v", r.Run, len(m.Steps), r)
		}
	}
	if b := s.Best; b.Metric != "test_acc" || b.Best != "largest" || len(b.Groups) != 2 || b.Groups[0].Tried != 4 || b.Groups[1].Tried != 2 || b.Groups[1].Runs != 4 || b.Groups[1].Options["lr"] != "0.1" ||
		!strings.Contains(stderr, "budgets are not equal: option sets by optimizer: gn 4 (8 runs), adam 2 (4 runs)") {
		t.Errorf("%+v\n%s", b, stderr)
	}
	for line := range strings.Lines(stderr) {
		if !json.Valid([]byte(line)) {
			t.Errorf("%q is not JSON", line)
		}
	}
	for id, n := range starts(t, dir) {
		if n != 1 {
			t.Errorf("%s was begun %d times", id, n)
		}
	}
	more := append(axes, "--seed", "0..2")
	if s := sweptOf(t, first(ran(t, exitDone, more...))); len(s.Runs) != 18 || len(starts(t, dir)) != 18 {
		t.Errorf("%d runs, %d begun", len(s.Runs), len(starts(t, dir)))
	}
	ran(t, exitDone, dir)
	for id, n := range starts(t, dir) {
		if n != 1 {
			t.Errorf("%s was begun %d times", id, n)
		}
	}
	checkSweepTold(t, dir, axes)
}

func first(a, _ string) string { return a }

// checkSweepTold looks at what status and plan say of the finished sweep, in 80 columns.
func checkSweepTold(t *testing.T, dir string, axes []string) {
	t.Helper()
	code, stdout, stderr := cli("sweep", "status", dir, "--best", "test_loss")
	for _, want := range []string{"run         optimizer  curvature  lr    seed  step", "gn         identity   0.1   0      6/6", "adam       -          1e20", " of 18 done, ", "smallest test_loss", "note: chosen and told by the same test_loss"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no %q in\n%s", want, stdout)
		}
	}
	if code != exitDone || stderr != "" {
		t.Errorf("exit %d: %s", code, stderr)
	}
	table, _, _ := strings.Cut(stdout, "\n\n")
	for line := range strings.Lines(table) {
		if len(line) > 81 {
			t.Errorf("%d columns: %s", len(line)-1, line)
		}
	}
	axes = without(axes, "--workers", "--best", "--log-format")
	code, stdout, _ = cli(append([]string{"sweep", "plan"}, axes...)...)
	if code != exitDone || !regexp.MustCompile(`(?s)runs       \d+ of 12 done.*\(16 combinations come to 12 runs\).*budget     optimizer gn: 4 option sets, 8 runs.*everything is done`).MatchString(stdout) {
		t.Errorf("exit %d\n%s", code, stdout)
	}
	code, stdout, _ = cli(append(append([]string{"sweep", "plan"}, axes...), "--seed", "7")...)
	if code != exitDone || !strings.Contains(stdout, "by runs of the same kind") {
		t.Errorf("exit %d\n%s", code, stdout)
	}
}

// without removes flags and their values.
func without(args []string, names ...string) []string {
	var kept []string
	for i := 0; i < len(args); i += 2 {
		if !strings.Contains(strings.Join(names, " "), args[i]) {
			kept = append(kept, args[i], args[i+1])
		}
	}
	return kept
}

// A run that fails says why where it happens, at the end and in the status; the others are made.
func TestSweepFailure(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "sweep")
	axes := tinySweep(t, dir, "--dataset", "digits,csv:no-such-file.csv", "--train-size", "100")
	stdout, stderr := ran(t, exitFailed, axes...)
	if !strings.Contains(stdout, "1 of 2 done, 1 failed") || strings.Count(stderr, "no-such-file.csv") < 3 || !strings.Contains(stderr, "it is tried again") ||
		!strings.Contains(stderr, "revgn: 1 of 2 runs failed; the first is gn-dataset-csv_no-such-file.csv-") {
		t.Errorf("stdout\n%s\nstderr\n%s", stdout, stderr)
	}
	if _, stdout, _ := cli("sweep", "status", dir); !strings.Contains(stdout, "failed\n    ") || !strings.Contains(stdout, "no-such-file.csv") {
		t.Errorf("status\n%s", stdout)
	}
}

// What is wrong is told in one line before anything starts.
func TestSweepBadUsage(t *testing.T) {
	file := filepath.Join(t.TempDir(), "s.yaml")
	writeTestFile(t, file, "axes:\n  seed: 0..2\n  lr: [0.1, 0.3]\nwhen:\n  - if: {lr: 0.1}\n    axes: {hidden: [64, 65]}\n")
	for _, c := range []struct{ args, want string }{
		{"", "no options are given"},
		{"--lr 0.1,x", `got "x"; want a number`},
		{"--lr 0.1,0.1", `got "0.1" twice`},
		{"--seed 4..0", "the lower one"},
		{"--out x --resume", "unknown flag: --resume"},
		{"--lrr 1", `did you mean "--lr"?`},
		{"satus", `did you mean "status"?`},
		{"no-such.yaml", "no-such.yaml"},
		{"a.yaml b.yaml", `unexpected argument "b.yaml"`},
		{"--carry false", "after an equals sign"},
		{"--legacy=true,false --inverse split,last", "1 of 4 combinations cannot hold; the first is legacy=true inverse=last: legacy: it fixes"},
		{"--lr 1,-1", "1 of 2 combinations cannot hold; the first is lr=-1"},
		{"--data-dir a,b", "it decides no number"},
		{"--seed 0..3 --workers -1", "workers: got -1"},
		{"--seed 0..3 --best accuracy", `best: got "accuracy"; allowed: test_acc`},
		{"--seed 0..3 --group-by optimiser", `did you mean "optimizer"?`},
		{"--optimizer gn,adam --curvature identity,exact --budget 2", "optimizer adam has 1 option sets, fewer than 2"},
		{"--seed 0..3 --takeover-after 1ms", "allowed: 1s or more"},
		{file + " --hidden 7", "a flag cannot replace"},
		{file + " --epochs x", `got "x"; want a whole number`},
	} {
		code, stdout, stderr := cli(append([]string{"sweep"}, strings.Fields(c.args)...)...)
		if code != exitUsage || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, c.want) {
			t.Errorf("%s: exit %d, stdout %q, stderr %q, want %q", c.args, code, stdout, stderr, c.want)
		}
	}
	if code, _, stderr := cli("sweep", t.TempDir()); code != exitUsage || !strings.Contains(stderr, "holds no sweep") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	if code, _, stderr := cli("sweep", "status", t.TempDir()); code != exitFailed || !strings.Contains(stderr, "holds no sweep") {
		t.Errorf("exit %d, %s", code, stderr)
	}
	code, stdout, stderr := cli("sweep", "plan", file, "--skip-invalid", "--seed", "5", "--out", t.TempDir())
	if code != exitDone || !strings.Contains(stdout, "0 of 3 done") || !strings.Contains(stdout, "no estimate") {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
}

// The stated time of a step tells how long a sweep takes before its first run, where the length of runs is known: digits have 3 batches an epoch.
func TestSweepStepTime(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"--epochs 2", "about 6:00 with one worker, by the stated time of a step"},
		{"--epochs 2 --steps 1", "about 1:00 with"},
		{"--dataset teacher:train=479", "about 20:00 with"},
		{"--dataset csv:none.csv --train-size 958 --epochs 2", "about 4:00 with"},
		{"--dataset csv:none.csv", "no estimate: the number of steps is not known before the first run"},
	} {
		args := append([]string{"sweep", "plan", "--lr", "0.1,0.3", "--step-time", "30s", "--out", t.TempDir()}, strings.Fields(c.args)...)
		if code, stdout, stderr := cli(args...); code != exitDone || !strings.Contains(stdout, c.want) {
			t.Errorf("%s: exit %d, want %q in\n%s%s", c.args, code, c.want, stdout, stderr)
		}
	}
}

// A budget keeps equally many option sets, the same ones every time, each with all its seeds.
func TestSweepBudget(t *testing.T) {
	args := []string{"sweep", "plan", "--optimizer", "gn,adam", "--lr", "1e-3..1:log7", "--seed", "0..2", "--out", t.TempDir(), "--log-format", "json"}
	ids := func(budget string) map[string]bool {
		code, stdout, stderr := cli(append(args, "--budget", budget)...)
		if code != exitDone {
			t.Fatal(stderr)
		}
		all := map[string]bool{}
		for _, r := range sweptOf(t, stdout).Runs {
			all[r.ID] = true
		}
		return all
	}
	few, many := ids("2"), ids("3")
	if len(few) != 12 || len(many) != 18 {
		t.Errorf("%d and %d runs", len(few), len(many))
	}
	for id := range few {
		if !many[id] {
			t.Errorf("a larger budget drops %s", id)
		}
	}
}

// A plugin that only the directory names is not loaded.
func TestSweepOfAStranger(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "sweep")
	evil := filepath.Join(t.TempDir(), "pjrt_c_api_cpu_plugin.so")
	file := filepath.Join(t.TempDir(), "s.yaml")
	writeTestFile(t, file, "axes:\n  seed: 0..1\nfixed:\n  backend: "+evil+"\n")
	if code, _, stderr := cli("sweep", file, "--out", dir); code != exitUsage || !strings.Contains(stderr, "loading it would run its code") {
		t.Errorf("exit %d, %s", code, stderr)
	}
	if code, _, stderr := cli("sweep", "plan", file, "--out", dir, "--backend", evil); code != exitDone {
		t.Errorf("exit %d, %s", code, stderr)
	}
}
