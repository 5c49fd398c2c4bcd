// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"revgn/internal/record"
)

// halfway is a run of the small problem that --time-limit stopped before its end, and the arguments that go on with it.
func halfway(t *testing.T, dir string, more ...string) []string {
	t.Helper()
	args := append(smallArgs(t, dir, append([]string{"--epochs", "3", "--checkpoint-every", "1"}, more...)...), "--resume")
	code, _, stderr := cli(append(args, "--time-limit", "1ns")...)
	if code != exitInterrupted {
		t.Fatalf("exit %d\n%s", code, stderr)
	}
	return args
}

// A run that its time limit stops ends with code 75, says how to go on, and goes on to where it would have come.
func TestTimeLimit(t *testing.T) {
	dir := t.TempDir()
	args := smallArgs(t, filepath.Join(dir, "run"), "--epochs", "100000", "--checkpoint-every", "1", "--resume")
	code, stdout, stderr := cli(append(args, "--time-limit", "1s")...)
	if code != exitInterrupted || !strings.Contains(stderr, "(time limit of 1s); the run is saved: go on with `revgn train --resume --out ") || !strings.HasPrefix(stdout, "status     interrupted") {
		t.Fatalf("exit %d\n%s%s", code, stdout, stderr)
	}
	run := opened(t, args)
	reached := summaryOf(t, run).Steps
	if code, _, stderr = cli(append(args, "--time-limit", "2s")...); code != exitInterrupted {
		t.Fatalf("exit %d\n%s", code, stderr)
	}
	m := metricsOf(t, run)
	s := summaryOf(t, run)
	if s.Steps <= reached || len(m.Steps) != s.Steps || s.ExitCode != exitInterrupted || s.Final {
		t.Errorf("%d steps, then summary %+v with %d lines", reached, s, len(m.Steps))
	}
	manifest, err := run.Manifest()
	if err != nil || len(manifest.Resumed) != 1 || manifest.Resumed[0].Step != reached || manifest.Resumed[0].Backend != "go" {
		t.Errorf("manifest %+v (%v)", manifest.Resumed, err)
	}
	runFollowsSchemas(t, run.Dir())
	whole, _ := trained(t, smallArgs(t, filepath.Join(dir, "whole"), "--epochs", "100000", "--steps", "7", "--checkpoint-every", "1")...)
	if want, got := metricsOf(t, whole).Steps, m.Steps; len(got) < 7 || want[6].Loss != got[6].Loss || want[6].Cert != got[6].Cert {
		t.Error("the seventh step differs from that of an uninterrupted run")
	}
}

// A limit that is over before training begins leaves nothing, and a command with more time begins.
func TestTimeLimitBeforeTheStart(t *testing.T) {
	out := filepath.Join(t.TempDir(), "run")
	args := halfway(t, out)
	if _, err := os.Lstat(out); err == nil {
		t.Error("something was written")
	}
	trained(t, args...)
}

// A run that is done stays as it is.
func TestResumeDone(t *testing.T) {
	args := smallArgs(t, filepath.Join(t.TempDir(), "run"), "--resume")
	run, first := trained(t, args...)
	before := metricLines(t, run.Dir())
	_, again := trained(t, args...)
	if len(metricLines(t, run.Dir())) != len(before) || again != first {
		t.Errorf("metrics grew from %d lines, or it printed\n%s\nand before\n%s", len(before), again, first)
	}
}

// Where there is no run to go on with, one line says so, as a mistyped directory may be why; where there is one it does not stand.
func TestResumeTellsThatARunBegins(t *testing.T) {
	for format, want := range map[string]string{"text": "resume     there is no run in ", "json": `"text":"resume     there is no run in `} {
		out := filepath.Join(t.TempDir(), "run")
		args := smallArgs(t, out, "--steps", "1", "--epochs", "0", "--resume", "--log-format", format)
		for _, there := range []bool{false, true} {
			code, _, stderr := cli(args...)
			if code != exitDone || strings.Contains(stderr, want+record.Short(out)+", so a new one begins") == there {
				t.Errorf("%s: exit %d, a run there: %v\n%s", format, code, there, stderr)
			}
		}
	}
}

// A run that is done and is made longer becomes what it would have been, had it been asked for that length at once: also where the earlier end lay
// within an epoch and was evaluated, or where the optimizer is to change.
func TestResumeLonger(t *testing.T) {
	for name, c := range map[string]struct{ short, long []string }{
		"epochs":                {[]string{"--epochs", "1"}, []string{"--epochs", "3"}},
		"steps":                 {[]string{"--steps", "4"}, []string{"--steps", "9"}},
		"epochs of a few steps": {[]string{"--steps", "7", "--optimizer", "adam"}, []string{"--epochs", "2", "--optimizer", "adam"}},
		"up to the switch":      {[]string{"--steps", "6", "--switch", "1:adam"}, []string{"--steps", "8", "--switch", "1:adam"}},
		"probes":                {[]string{"--steps", "4", "--probe-every", "2"}, []string{"--steps", "8", "--probe-every", "2"}},
	} {
		t.Run(name, func(t *testing.T) {
			base := smallArgs(t, "", "--checkpoint-every", "1")
			i := slices.Index(base, "--epochs")
			base = slices.Delete(base, i, i+2)
			train := func(dir string, more ...string) []string {
				args := append(slices.Clone(base), more...)
				args[slices.Index(args, "--out")+1] = dir
				return args
			}
			dir := t.TempDir()
			want, _ := trained(t, train(filepath.Join(dir, "whole"), c.long...)...)
			run, _ := trained(t, train(filepath.Join(dir, "run"), c.short...)...)
			first := summaryOf(t, run).Steps
			code, _, stderr := cli(train(run.Dir(), append(c.long, "--resume")...)...)
			total := summaryOf(t, run).Steps
			if text := fmt.Sprintf("the run is made longer, from %d steps to %d", first, total); code != exitDone || !strings.Contains(stderr, text) {
				t.Fatalf("exit %d, no %q in\n%s", code, text, stderr)
			}
			sameRun(t, want.Dir(), run.Dir())
			runFollowsSchemas(t, run.Dir())
			if diff := cmp.Diff(optionsOf(t, want), optionsOf(t, run)); diff != "" {
				t.Errorf("options (-whole +longer):\n%s", diff)
			}
			manifest, err := run.Manifest()
			if err != nil || len(manifest.Resumed) != 1 || manifest.Resumed[0].Total != total {
				t.Errorf("manifest %+v (%v)", manifest.Resumed, err)
			}
			// The new length is the run's own.
			if _, again := trained(t, "train", "--resume", "--out", run.Dir()); !strings.Contains(again, fmt.Sprintf("done after %d steps", total)) {
				t.Error(again)
			}
		})
	}
}

// optionsOf are the lines of a run's config.yaml that are no comments.
func optionsOf(t *testing.T, run *record.Reader) []string {
	t.Helper()
	text, err := run.Config()
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(strings.Split(string(text), "\n"), func(line string) bool { return strings.HasPrefix(line, "#") })
}

// A run is not made shorter, and one of a sweep not longer.
func TestResumeLengthRefused(t *testing.T) {
	out := filepath.Join(t.TempDir(), "run")
	trained(t, smallArgs(t, out)...)
	for _, flags := range [][]string{{"--epochs", "1"}, {"--steps", "3"}, {"--epochs", "5", "--steps", "2"}} {
		refused(t, exitUsage, "and the run has 12; it can be made longer, not shorter", append([]string{"train", "--resume", "--out", out}, flags...)...)
	}
	in := t.TempDir()
	swept := filepath.Join(in, "runs", "one")
	writeTestFile(t, filepath.Join(in, "sweep.json"), "{}")
	if err := errors.Join(os.Mkdir(filepath.Dir(swept), 0o755), os.Rename(out, swept)); err != nil {
		t.Fatal(err)
	}
	refused(t, exitUsage, "belongs to the sweep in "+in, "train", "--resume", "--out", swept, "--epochs", "3")
	trained(t, "train", "--resume", "--out", swept, "--epochs", "2")
}

// What contradicts the run's own options is bad usage, and what decides no number is taken.
func TestResumeContradiction(t *testing.T) {
	out := filepath.Join(t.TempDir(), "run")
	args := smallArgs(t, out, "--resume", "--lr", "0.5")
	trained(t, args...)
	for _, c := range []struct{ flag, value, want string }{
		{"--lr", "0.25", "--lr asks for lr 0.25, and the run in " + out + " has 0.5"},
		{"--optimizer", "adam", "has gn"},
		{"--probe-every", "2", "has 0"},
		{"--backend", "xla:cpu", "has go"},
		{"--preset", "mnist-minibatch", "has digits"},
	} {
		stderr := refused(t, exitUsage, c.want, append(args, c.flag, c.value)...)
		if !strings.Contains(stderr, "(leave it out, or begin another run with another --out)") {
			t.Errorf("%s: no hint in\n%s", c.flag, stderr)
		}
	}
	trained(t, append(args, "--lr", "5e-1", "--memory-limit", "1GiB", "--log-format", "json", "--name", "other")...)
	refused(t, exitUsage, "give its directory with --out", "train", "--resume")
}

// A run whose end would come again is not made to come again.
func TestResumeFinal(t *testing.T) {
	out := filepath.Join(t.TempDir(), "run")
	args := smallArgs(t, out, "--resume", "--require-exact", "1e-30")
	refused(t, exitCheck, "require-exact: step 1 has certificate", args...)
	run := opened(t, args)
	before := metricLines(t, out)
	refused(t, exitCheck, "ended and would end so again: require-exact: step 1", args...)
	if s := summaryOf(t, run); !s.Final || s.ExitCode != exitCheck || len(metricLines(t, out)) != len(before) {
		t.Errorf("summary %+v", s)
	}
}

// Other data than the run began with would be another run.
func TestResumeOtherData(t *testing.T) {
	out := filepath.Join(t.TempDir(), "run")
	args := smallArgs(t, out, "--resume", "--epochs", "100000", "--checkpoint-every", "1")
	if code, _, stderr := cli(append(args, "--time-limit", "1s")...); code != exitInterrupted {
		t.Fatalf("exit %d\n%s", code, stderr)
	}
	before := metricLines(t, out)
	file := strings.TrimPrefix(args[2], "csv:")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	writeTestFile(t, file, strings.Replace(string(text), ".", ".1", 1))
	refused(t, exitFailed, "was trained on", args...)
	if len(metricLines(t, out)) != len(before) {
		t.Error("metrics.jsonl was changed")
	}
}

// A damaged checkpoint is told, put aside, and the one before it used; the run ends as if nothing had been.
func TestResumePastDamage(t *testing.T) {
	dir := t.TempDir()
	flags := []string{"--optimizer", "adam", "--epochs", "4", "--checkpoint-every", "1"}
	whole, _ := trained(t, smallArgs(t, filepath.Join(dir, "whole"), flags...)...)
	out := filepath.Join(dir, "run")
	args := smallArgs(t, out, append(flags, "--resume")...)
	trained(t, args...)
	// As a kill would leave it.
	run := opened(t, args)
	s := summaryOf(t, run)
	s.Status = record.Running
	setSummary(t, out, s)
	newest := filepath.Join(out, "checkpoints", "step-00000024", "arrays.npz")
	b, err := os.ReadFile(newest)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 4
	writeTestFile(t, newest, string(b))
	code, _, stderr := cli(args...)
	if code != exitDone || !strings.Contains(stderr, "warning: a checkpoint cannot be used, and lies aside: step 24: ") || !strings.Contains(stderr, "resumed after step 23; 1 later step to be made again") {
		t.Fatalf("exit %d\n%s", code, stderr)
	}
	sameRun(t, whole.Dir(), out)
}
