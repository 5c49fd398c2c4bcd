// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"revgn/internal/record"
)

// exit is the error of a program that ended with that code.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit status %d", int(e)) }
func (e exit) ExitCode() int { return int(e) }

// fake stands for revgn: it writes the directory of the run that its arguments ask for, and counts.
type fake struct {
	t    *testing.T
	loss func(optimizer string, lr float64, seed int) float64 // of the training set at the end; NaN: the run is not finite
	// before, where not nil, may end a run early, before or after its directory is there.
	before func(dir string, args []string, log io.Writer) (ended bool, err error)
	ran    []string // "sgd 0.1 42"
}

// argument is the value of a flag.
func argument(args []string, name, otherwise string) string {
	if i := slices.Index(args, name); i >= 0 {
		return args[i+1]
	}
	return otherwise
}

func (f *fake) launch(_ context.Context, args []string, log io.Writer) error {
	optimizer := argument(args, "--optimizer", "gn")
	lr, err := strconv.ParseFloat(argument(args, "--lr", ""), 64)
	if err != nil {
		f.t.Fatal(err)
	}
	seed, err := strconv.Atoi(argument(args, "--seed", ""))
	if err != nil {
		f.t.Fatal(err)
	}
	f.ran = append(f.ran, fmt.Sprintf("%s %g %d", optimizer, lr, seed))
	dir := argument(args, "--out", "")
	if f.before != nil {
		if ended, err := f.before(dir, args, log); ended {
			return err
		}
	}
	return f.write(dir, args, optimizer == "gn", f.loss(optimizer, lr, seed))
}

// write leaves what revgn leaves: of a run that is not finite a failed one with its event.
func (f *fake) write(dir string, args []string, gn bool, loss float64) error {
	r := f.create(dir, args)
	defer r.Close()
	for step := 1; step <= 3; step++ {
		s := record.StepRecord{Step: step, Loss: 1, LR: 1, StepNorm: record.Some(1), Seconds: record.Number(step)}
		if gn {
			s.GaussNewton = &record.GaussNewton{Cert: record.Number(float64(step) * 1e-7), Gain: 1, Exact: step > 1}
		}
		must(f.t, r.AppendStep(s))
	}
	status, message, failed := record.Done, "", error(nil)
	if math.IsNaN(loss) {
		status, message, failed = record.Failed, "step 4 is not finite", exit(1)
		must(f.t, r.AppendEvent(record.EventRecord{Step: 4, Event: "non-finite"}))
	} else {
		must(f.t, r.AppendEval(record.EvalRecord{Step: 3, Split: "train", Loss: record.Number(loss), Acc: record.Some(0.75)}))
		must(f.t, r.AppendEval(record.EvalRecord{Step: 3, Split: "test", Loss: record.Number(2 * loss), Acc: record.Some(1 - loss/10)}))
	}
	must(f.t, r.SaveCheckpoint(record.Checkpoint{Step: 3}))
	summary := r.Summary(status, message)
	summary.Seconds = 10
	must(f.t, r.WriteSummary(summary))
	return failed
}

// create begins a run as revgn does.
func (f *fake) create(dir string, args []string) *record.Run {
	r, err := record.Create(dir)
	must(f.t, err)
	must(f.t, r.WriteConfig([]byte("seed: 42\n")))
	must(f.t, r.WriteManifest(record.Manifest{
		Version: "v1", GitRevision: "0123456789abcdef", GitModified: new(true), GoVersion: "go1.26", Command: append([]string{"revgn"}, args...),
		Backend: "xla:cpu", DType: "f32", Data: "mnist", TrainSamples: 60000, TestSamples: 10000, Host: record.Host{Name: "secret", CPUs: 2},
	}))
	must(f.t, r.WriteSummary(r.Summary(record.Running, "")))
	return r
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// valley is least at the given rate, a little higher for other seeds.
func valley(at float64) func(string, float64, int) float64 {
	return func(_ string, lr float64, seed int) float64 {
		return 0.5 + math.Abs(math.Log2(lr/at)) + 0.01*float64(seed-42)
	}
}

// two are a step and a baseline.
func two() []method {
	return []method{{name: "split", flags: "--inverse split", grid: octaves(0.1, 3)}, {name: "sgd", flags: "--optimizer sgd", grid: octaves(0.1, 3)}}
}

// comparison is a bench around a fake, with the options of args.
func comparison(t *testing.T, f *fake, ms []method, args ...string) (*bench, *bytes.Buffer) {
	t.Helper()
	f.t = t
	if !slices.Contains(args, "--out") {
		args = append(args, "--out", filepath.Join(t.TempDir(), "out"))
	}
	o, err := parseOptions(args, ms, io.Discard)
	must(t, err)
	var progress bytes.Buffer
	return &bench{options: o, methods: ms, launch: f.launch, progress: &progress}, &progress
}

// table runs a comparison to its end and returns what it prints.
func table(t *testing.T, b *bench) string {
	t.Helper()
	var out bytes.Buffer
	must(t, compare(t.Context(), b, &out))
	return out.String()
}

func wantParts(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("no %q in\n%s", p, text)
		}
	}
}
