// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"revgn/internal/record"
)

// recordRun makes the directory of a run that nobody made.
func recordRun(t *testing.T, dir, optimizer string, seed int) {
	t.Helper()
	run, err := record.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	err = run.WriteConfig(fmt.Appendf(nil, "optimizer: %q\nlr: 0.1\nseed: %d\n", optimizer, seed))
	if err == nil {
		err = run.WriteManifest(record.NewManifest(time.Now()))
	}
	for step := 1; step <= 5 && err == nil; step++ {
		err = run.AppendStep(record.StepRecord{Step: step, Epoch: float64(step), Loss: record.Number(1 / float64(step)), LR: 0.1, Seconds: 0.1})
	}
	if err == nil {
		err = run.AppendEval(record.EvalRecord{Step: 5, Epoch: 5, Split: "test", Loss: 0.25, Acc: record.Some(0.5 + 0.1*float64(seed))})
	}
	if err == nil {
		err = run.WriteSummary(run.Summary(record.Done, ""))
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestReport(t *testing.T) {
	dir := t.TempDir()
	for seed := 1; seed <= 2; seed++ {
		recordRun(t, filepath.Join(dir, "sweep", "runs", fmt.Sprint("gn-", seed)), "gn", seed)
	}
	code, stdout, stderr := cli("report", filepath.Join(dir, "sweep"))
	if code != exitDone || stderr != "" {
		t.Fatalf("exit %d, stderr %q", code, stderr)
	}
	for _, name := range []string{"report.html", "figures/loss.svg", "figures/loss.png", "tables/runs.csv", "tables/groups.tex"} {
		if st, err := os.Stat(filepath.Join(dir, "sweep-report", name)); err != nil || st.Size() < 100 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if !strings.Contains(stdout, "report.html") || !strings.Contains(stdout, "each as SVG and PNG") {
		t.Errorf("stdout %q", stdout)
	}
	out := filepath.Join(dir, "page")
	if code, _, stderr := cli("report", filepath.Join(dir, "sweep"), "--page-only", "--out", out); code != exitDone {
		t.Errorf("exit %d, stderr %q", code, stderr)
	}
	if entries, err := os.ReadDir(out); err != nil || len(entries) != 1 {
		t.Errorf("with --page-only there are %v (%v)", entries, err)
	}
}

func TestReportRefuses(t *testing.T) {
	dir := t.TempDir()
	run := filepath.Join(dir, "run")
	recordRun(t, run, "gn", 1)
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"report"}, exitUsage, "got no run"},
		{[]string{"report", filepath.Join(dir, "absent")}, exitFailed, "no such file or directory\n"},
		{[]string{"report", filepath.Join(dir, "rnu")}, exitFailed, "no such file or directory; did you mean \"" + run + "\"?\n"},
		{[]string{"report", filepath.Join(run, "config.yaml")}, exitFailed, "is a file, want a run directory; did you mean \"" + run + "\"?\n"},
		{[]string{"compare", run, filepath.Join(dir, "rum")}, exitFailed, "did you mean \"" + run + "\"?\n"},
		{[]string{"analyze", "weights", filepath.Join(dir, "runs")}, exitFailed, "did you mean \"" + run + "\"?\n"},
		{[]string{"export", filepath.Join(dir, "rin")}, exitFailed, "did you mean \"" + run + "\"?\n"},
		{[]string{"export", "--metrics", "csv", filepath.Join(run, "metrics.jsonl")}, exitFailed, "did you mean \"" + run + "\"?\n"},
		{[]string{"report", run, "--watch", "--interval", "1ms"}, exitUsage, "interval: got 1ms"},
		{[]string{"report", run, "--interval", "9s"}, exitUsage, "interval: belongs to --watch, which is missing"},
		{[]string{"report", run, "--out", filepath.Join(file, "x")}, exitFailed, "--out"},
		{[]string{"compare", run}, exitUsage, "compare: got 1 run; give two run directories, such as runs/a and runs/b (see `revgn compare --help`)"},
		{[]string{"compare", run, run}, exitUsage, "are the same run"},
	} {
		code, stdout, stderr := cli(c.args...)
		if code != c.code || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, c.want) {
			t.Errorf("%v: exit %d, stdout %q, stderr %q", c.args, code, stdout, stderr)
		}
	}
}

func TestCompare(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b\x1b[31m")
	recordRun(t, a, "gn", 1)
	recordRun(t, b, "adam", 2)
	code, stdout, stderr := cli("compare", a, b)
	if code != exitDone {
		t.Fatalf("exit %d, stderr %q", code, stderr)
	}
	for _, want := range []string{"options that differ  a   b[31m\n", "\noptimizer            gn  adam\n", "\nseed                 1   2\n\nwhat they reached   a     b[31m\n", "\ntest accuracy       0.6   0.7\n", "\nstatus              done  done\n"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no %q in\n%s", want, stdout)
		}
	}
	if strings.Contains(stdout, "lr  ") || strings.ContainsRune(stdout, 0x1b) {
		t.Errorf("an option that is the same, or what a terminal obeys, stands in\n%q", stdout)
	}
}

// The report of the directory that one stands in goes into it. What cannot be read is told, and what stands before it is shown.
func TestReportHere(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "place")
	recordRun(t, filepath.Join(dir, "runs", "a"), "gn", 1)
	metrics := filepath.Join(dir, "runs", "a", "metrics.jsonl")
	b, err := os.ReadFile(metrics)
	if err != nil {
		t.Fatal(err)
	}
	writeTestFile(t, metrics, string(b)+"{\"kind\": garbage\n")
	t.Chdir(dir)
	for path, want := range map[string]string{".": "report", filepath.Join("..", "place"): "report", "runs": "runs-report"} {
		code, stdout, stderr := cli("report", path, "--page-only")
		if code != exitDone || !strings.HasPrefix(stdout, "report     "+filepath.Join(want, "report.html")) {
			t.Errorf("%s: exit %d, stdout %q", path, code, stdout)
		}
		if !strings.HasPrefix(stderr, "warning: ") || !strings.Contains(stderr, "metrics.jsonl:7: damaged line") || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: stderr %q", path, stderr)
		}
	}
}

// While it watches, the page follows the runs; ended, it leaves figures too.
func TestReportWatch(t *testing.T) {
	dir := t.TempDir()
	recordRun(t, filepath.Join(dir, "runs", "first"), "gn", 1)
	out := filepath.Join(dir, "out")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error)
	o := reportOptions{out: out, watch: true, interval: 10 * time.Millisecond}
	go func() { done <- watchReport(ctx, o, []string{filepath.Join(dir, "runs")}, io.Discard, io.Discard) }()
	holds := func(text string) bool {
		page, err := os.ReadFile(filepath.Join(out, "report.html"))
		return err == nil && strings.Contains(string(page), text)
	}
	waitFor(t, "the first page", func() bool { return holds("first") })
	recordRun(t, filepath.Join(dir, "runs", "second"), "adam", 1)
	waitFor(t, "the second run", func() bool { return holds("second") && holds("2 done") })
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(out, "figures", "loss.svg")); err != nil || holds(`id="follow"`) {
		t.Errorf("at its end the report is not whole (%v), or still loads itself anew", err)
	}
}

// waitFor waits until a condition holds, as long as a slow machine may take.
func waitFor(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("still waiting for %s", what)
		}
	}
}
