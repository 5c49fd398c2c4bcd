// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"revgn/internal/record"
)

func TestRunsAndResume(t *testing.T) {
	f := &fake{loss: valley(0.2)}
	b, progress := comparison(t, f, two())
	first := table(t, b)
	want := []string{"gn 0.1 42", "gn 0.2 42", "gn 0.4 42", "gn 0.2 43", "gn 0.2 44", "sgd 0.1 42", "sgd 0.2 42", "sgd 0.4 42", "sgd 0.2 43", "sgd 0.2 44"}
	if diff := cmp.Diff(want, f.ran); diff != "" {
		t.Errorf("runs (-want +got):\n%s", diff)
	}
	wantParts(t, progress.String(), "split            lr 0.1      seed 42   started\n", "train loss 0.5", "split            rate 0.2\n")
	if found, err := filepath.Glob(filepath.Join(b.out, "*", "*", "checkpoints")); err != nil || len(found) > 0 {
		t.Errorf("checkpoints are left: %v %v", found, err)
	}

	f.ran = nil
	if again := table(t, b); again != first || len(f.ran) > 0 {
		t.Errorf("the second time it ran %v and printed\n%s\nwant\n%s", f.ran, again, first)
	}
	interrupted := b.directory(two()[0], trial{0.2, 43})
	must(t, os.RemoveAll(interrupted))
	r := f.create(interrupted, b.arguments(two()[0], trial{0.2, 43}))
	must(t, r.WriteSummary(r.Summary(record.Interrupted, "stopped")))
	must(t, r.Close())
	must(t, os.RemoveAll(b.directory(two()[1], trial{0.1, 42})))
	if again := table(t, b); again != first || !slices.Equal(f.ran, []string{"gn 0.2 43", "sgd 0.1 42"}) {
		t.Errorf("what was missing was made by %v, and printed\n%s", f.ran, again)
	}
}

// A run that is not finite is a result: it would be the same again. One that failed otherwise is made again.
func TestFailedRuns(t *testing.T) {
	f := &fake{loss: func(_ string, lr float64, seed int) float64 {
		if lr > 0.3 || lr > 0.15 && seed == 44 {
			return math.NaN()
		}
		return 1 / lr
	}}
	broken := true
	f.before = func(dir string, args []string, log io.Writer) (bool, error) {
		if !broken || argument(args, "--seed", "") != "43" {
			return false, nil
		}
		r := f.create(dir, args)
		defer r.Close()
		fmt.Fprint(log, "step 1/3\nrevgn: out of memory\n")
		return true, exit(1)
	}
	b, progress := comparison(t, f, two()[:1], "--extend", "1")
	wantParts(t, table(t, b), "| +0.05 ∞, 0.1 ∞, 0.2 ∞, 0.4 ∞ | none |", "revgn 0123456")
	wantParts(t, progress.String(), "no finite loss: out of memory", "no finite loss: step 4 is not finite", "rate 0.2 makes way for the next best")

	f.ran, broken = nil, false
	wantParts(t, table(t, b), "| +0.05, 0.1, 0.2 ∞, 0.4 ∞ | 0.1 | 6 of 9 |")
	if want := []string{"gn 0.2 43", "gn 0.2 44", "gn 0.1 43", "gn 0.1 44"}; !slices.Equal(f.ran, want) {
		t.Errorf("made %v, want %v", f.ran, want)
	}
}

func TestDivergedEverywhere(t *testing.T) {
	f := &fake{loss: func(optimizer string, lr float64, seed int) float64 {
		if optimizer == "gn" {
			return math.NaN()
		}
		return valley(0.2)("", lr, seed)
	}}
	b, progress := comparison(t, f, two(), "--extend", "1")
	text := table(t, b)
	wantParts(t, text, "| split | `--inverse split` | +0.05 ∞, 0.1 ∞, 0.2 ∞, 0.4 ∞ | none |  |  | diverged at every rate |")
	wantParts(t, progress.String(), "the grid, which now goes from 0.05 to 0.4", "no rate gave a finite loss")
	if strings.Index(text, "| sgd |") > strings.Index(text, "| split |") {
		t.Errorf("what diverged comes last:\n%s", text)
	}
}

// What a person must mend stops the comparison, and leaves no row behind.
func TestStops(t *testing.T) {
	for _, c := range []struct {
		name   string
		before func(dir string, args []string, log io.Writer) (bool, error)
		code   int
		want   string
	}{
		{"usage", func(_ string, _ []string, log io.Writer) (bool, error) {
			fmt.Fprintln(log, "revgn: unknown flag: --inverse")
			return true, exit(2)
		}, 2, "split: unknown flag: --inverse (exit status 2; see "},
		{"no data", func(_ string, _ []string, log io.Writer) (bool, error) {
			fmt.Fprintln(log, "revgn: mnist is not there")
			return true, exit(1)
		}, 1, "split: mnist is not there"},
		{"no words", func(string, []string, io.Writer) (bool, error) { return true, exit(1) }, 1, "it ended without a word"},
		{"interrupted", func(string, []string, io.Writer) (bool, error) { return true, exit(75) }, 75, "the same command goes on"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := &fake{before: c.before}
			b, _ := comparison(t, f, two())
			var out strings.Builder
			err := compare(t.Context(), b, &out)
			if err == nil || !strings.Contains(err.Error(), c.want) || exitCode(err) != c.code || len(f.ran) != 1 || out.Len() > 0 {
				t.Errorf("error %v (code %d), ran %v, want %q (code %d) after one run", err, exitCode(err), f.ran, c.want, c.code)
			}
		})
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	f := &fake{loss: valley(0.2), before: func(string, []string, io.Writer) (bool, error) {
		cancel()
		return true, errors.New("signal: interrupt")
	}}
	b, _ := comparison(t, f, two())
	if err := compare(ctx, b, io.Discard); exitCode(err) != exitInterrupted || len(f.ran) != 1 {
		t.Errorf("error %v, ran %v", err, f.ran)
	}
}

func TestOnly(t *testing.T) {
	f := &fake{loss: valley(0.2)}
	b, progress := comparison(t, f, two(), "--only", "sgd")
	text := table(t, b)
	if strings.Contains(text, "| split |") || len(f.ran) != 5 || strings.Contains(strings.Join(f.ran, " "), "gn") {
		t.Errorf("ran %v:\n%s", f.ran, text)
	}
	wantParts(t, progress.String(), "not in the table, for runs are missing: split")
	b.only = []string{"split"}
	wantParts(t, table(t, b), "| split |", "| sgd |")
	if len(f.ran) != 10 {
		t.Errorf("ran %v", f.ran)
	}
}

// A grid goes no further up than its top, and says that the best rate lies at the edge.
func TestTop(t *testing.T) {
	f := &fake{loss: valley(3.2)}
	ms := two()[:1]
	ms[0].top = 0.9
	b, progress := comparison(t, f, ms)
	wantParts(t, table(t, b), "| 0.1, 0.2, 0.4, +0.8 | 0.8 (edge) |")
	wantParts(t, progress.String(), "rate 0.8, at the edge of a grid that grows no more")
}

// A table grows: lines of methods without runs here stay as they are, at their place, and so does what is said of their runs.
func TestMerge(t *testing.T) {
	document := filepath.Join(t.TempDir(), "steps.md")
	must(t, os.WriteFile(document, []byte(owned().Begin+"\n"+owned().End+"\n"), 0o644))
	both, _ := comparison(t, &fake{loss: valley(0.2)}, two(), "--write", document)
	table(t, both)
	before, err := os.ReadFile(document)
	must(t, err)

	one, _ := comparison(t, &fake{loss: valley(0.2)}, two(), "--write", document, "--only", "sgd", "--merge")
	text := table(t, one)
	if n := strings.Count(text, "\n| "); n != 3 { // the heading and two methods
		t.Errorf("%d lines:\n%s", n, text)
	}
	wantParts(t, text, "| split | `--inverse split` |", "Runs: backend ", ". Of sgd: backend ")
	if after, err := os.ReadFile(document); err != nil || strings.Replace(string(after), text, "", 1) == string(after) || len(before) == len(after) {
		t.Errorf("the document was not rewritten (%v):\n%s", err, after)
	}
	again, _ := comparison(t, &fake{loss: valley(0.2)}, two(), "--write", document, "--only", "sgd", "--merge", "--out", one.out)
	if second := table(t, again); second != text {
		t.Errorf("merged again it is\n%s\nwant\n%s", second, text)
	}
	other, _ := comparison(t, &fake{loss: valley(0.2)}, two(), "--write", document, "--merge", "--steps", "7")
	if err := compare(t.Context(), other, io.Discard); err == nil || !strings.Contains(err.Error(), "was not made by") {
		t.Errorf("merged with a table of other options: %v", err)
	}
}

func TestOtherOptions(t *testing.T) {
	f := &fake{loss: valley(0.2)}
	b, _ := comparison(t, f, two()[1:])
	table(t, b)
	b.dataDir = "elsewhere" // decides nothing
	table(t, b)
	if len(f.ran) != 5 {
		t.Errorf("ran %v", f.ran)
	}
	b.steps = 7
	err := compare(t.Context(), b, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "--steps 60") || !strings.Contains(err.Error(), "--steps 7") || !strings.Contains(err.Error(), "choose another --out") {
		t.Errorf("error %v", err)
	}
}

func TestLock(t *testing.T) {
	f := &fake{loss: valley(0.2)}
	b, _ := comparison(t, f, two())
	free, err := b.lock()
	must(t, err)
	if err := compare(t.Context(), b, io.Discard); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("error %v", err)
	}
	b.plan = true
	wantParts(t, table(t, b), "0 of 10 runs are there")
	free()
	b.plan = false
	table(t, b)
}

func TestPlan(t *testing.T) {
	f := &fake{loss: valley(0.2)}
	b, _ := comparison(t, f, two())
	b.plan = true
	wantParts(t, table(t, b), "split            lr 0.1      seed 42   missing\n", "lr best     seed 43   missing, waits for the rate\n", "there is no estimate")
	if _, err := os.Stat(b.out); err == nil || len(f.ran) > 0 {
		t.Errorf("a plan made %s or ran %v", b.out, f.ran)
	}
	b.plan, b.only = false, []string{"split"}
	table(t, b)
	b.plan, b.only = true, nil
	wantParts(t, table(t, b), "split            lr 0.2      seed 44   done, 10.0 s, train loss 0.52\n", "\n5 of 10 runs are there; the other 5 take about 50s by the runs")
}

func TestOptionErrors(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"", "give a directory"},
		{"--out x --steps 0", "steps: got 0"},
		{"--out x --extend -1", "extend: got -1"},
		{"--out x --merge", "no document to merge with"},
		{"--out x --seeds 1,1", "got 1 twice"},
		{"--out x --only slpit", `did you mean "split"`},
		{"--out x --preset digit", `did you mean "digits"`},
		{"--out x --hidden 8 extra", `unexpected argument "extra"`},
		{"--out x --lr 3", "unknown flag: --lr"},
		{"--out x --backend tpu", "backend"},
	} {
		_, err := parseOptions(strings.Fields(c.args), two(), io.Discard)
		if err == nil || !strings.Contains(err.Error(), c.want) || exitCode(err) != exitUsage || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: error %v, want one line with %q", c.args, err, c.want)
		}
	}
}
