// SPDX-License-Identifier: Apache-2.0

package main

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"revgn/internal/npy"
	"revgn/internal/record"
)

// What the analysis says of a run's own next step is what the run went on to measure: its batch, the loss there before and after, with the moments that the
// optimizer had, and the held-out change. The run changes its optimizer under way; a checkpoint at the change looks at the one that comes.
func TestAnalyzeBatchesForetellsTheRun(t *testing.T) {
	for _, tt := range []struct {
		name   string
		args   []string
		states map[int]string
	}{
		{"adam", []string{"--optimizer", "adam", "--lr", "0.01", "--augment", "noise:0.1"}, map[int]string{0: stateFresh, 2: stateSaved, 4: stateSaved}},
		{"muon", []string{"--optimizer", "muon"}, map[int]string{0: stateFresh, 2: stateSaved, 4: stateSaved}},
		{"gn, min-norm", []string{"--inverse", "min-norm"}, map[int]string{0: stateNone, 4: stateNone}},
		{"gn with memory", []string{"--memory", "spring:0.9", "--damping", "1e-3", "--damping-schedule", "lm"}, map[int]string{0: stateFresh, 4: stateSaved}},
		{"momentum after sgd", []string{"--optimizer", "sgd", "--switch", "1:momentum"}, map[int]string{0: stateNone, 4: stateNone, 6: stateFresh, 8: stateSaved}},
		{"gn after adam", []string{"--optimizer", "adam", "--switch", "1:gn"}, map[int]string{0: stateFresh, 4: stateSaved, 6: stateNone, 8: stateNone}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "run")
			run, _ := trained(t, smallArgs(t, dir, append(tt.args, "--checkpoint-every", "2")...)...)
			metrics, err := run.Metrics()
			if err != nil {
				t.Fatal(err)
			}
			code, _, stderr := cli("analyze", "batches", dir, "--backend", "go", "--step", "all", "--batches", "2", "--probes", "256", "--with", "--optimizer sgd --lr 0.3")
			if code != exitDone {
				t.Fatalf("exit %d\n%s", code, stderr)
			}
			rows := analysisOf[batchesRow](t, dir, "batches").Checkpoints
			for _, row := range rows[:len(rows)-1] { // no step follows the last
				checkNextStep(t, row, metrics.Steps[row.Step])
				if want, ok := tt.states[row.Step]; ok && row.Values.Methods[0].State != want {
					t.Errorf("step %d: state %s, want %s", row.Step, row.Values.Methods[0].State, want)
				}
				if m := row.Values.Methods; len(m) != 2 || m[1].Name != "sgd" || m[1].LR != 0.3 || m[1].State != stateNone {
					t.Errorf("step %d: %d methods, the second %s with lr %g and state %s", row.Step, len(m), m[1].Name, m[1].LR, m[1].State)
				}
			}
		})
	}
}

// The step that a run changes to is measured before the change as well, fresh like any other, and that which it left after it; none twice.
func TestAnalyzeBatchesOfAChangedOptimizer(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	trained(t, smallArgs(t, dir, "--optimizer", "adam", "--switch", "1:gn", "--checkpoint-every", "2")...)
	code, _, stderr := cli("analyze", "batches", dir, "--backend", "go", "--step", "0,8", "--batches", "1", "--probes", "8")
	if code != exitDone {
		t.Fatalf("exit %d\n%s", code, stderr)
	}
	want := map[int][]string{0: {"adam", "gn split", "gn min-norm", "sgd"}, 8: {"gn split", "gn min-norm", "adam", "sgd"}}
	for _, row := range analysisOf[batchesRow](t, dir, "batches").Checkpoints {
		var got []string
		for _, m := range row.Values.Methods {
			got = append(got, m.Name)
		}
		if !slices.Equal(got, want[row.Step]) {
			t.Errorf("step %d: %q, want %q", row.Step, got, want[row.Step])
		}
	}
}

// Steps that are measured unasked do not stand in the way of runs whose options do not go with them.
func TestAnalyzeBatchesOfAnyOptions(t *testing.T) {
	for name, tt := range map[string]struct{ args, want []string }{
		"legacy": {[]string{"--legacy"}, []string{"gn split legacy=true", "gn split", "gn min-norm", "adam", "sgd"}},
		"cg":     {[]string{"--inverse", "min-norm", "--solver", "cg"}, []string{"gn min-norm solver=cg", "adam", "sgd"}},
	} {
		dir := filepath.Join(t.TempDir(), "run")
		trained(t, smallArgs(t, dir, append(tt.args, "--steps", "1")...)...)
		code, _, stderr := cli("analyze", "batches", dir, "--backend", "go", "--batches", "1", "--probes", "8")
		if code != exitDone {
			t.Errorf("%s: exit %d\n%s", name, code, stderr)
			continue
		}
		var got []string
		for _, m := range analysisOf[batchesRow](t, dir, "batches").Checkpoints[0].Values.Methods {
			got = append(got, m.Name)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

// checkNextStep compares the first method's step on batch 0 with the step that the run made next.
func checkNextStep(t *testing.T, row record.Measured[batchesRow], next record.StepRecord) {
	t.Helper()
	got := row.Values.Methods[0].Each[0]
	heldout := 100 * float64(got.Heldout/row.Values.Methods[0].Heldout.Loss)
	for what, pair := range map[string][2]float64{
		"loss": {float64(got.Loss), float64(next.Loss)}, "change": {float64(got.Own), float64(next.LossAfter.Value - next.Loss)},
		"norm of the step": {float64(got.StepNorm), float64(next.StepNorm.Value)}, "held-out change in percent": {heldout, float64(next.HeldoutChangePct.Value)},
	} {
		if !(math.Abs(pair[0]-pair[1]) <= 2e-4*max(0.1, math.Abs(pair[1]))) {
			t.Errorf("step %d: %s of the next step is %.9g here, %.9g in the run", row.Step, what, pair[0], pair[1])
		}
	}
	if row.Values.Next != next.Step || (row.Step > 0) != got.Before.Set || !got.After.Set {
		t.Errorf("step %d: next is %d, before %v, after %v", row.Step, row.Values.Next, got.Before, got.After)
	}
}

// Without --with there are the run's own step and four others, each once; arrays hold A and the curves; the table names what it shows.
func TestAnalyzeBatchesDefaults(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	trained(t, smallArgs(t, dir, "--optimizer", "adamw", "--steps", "2")...)
	code, stdout, stderr := cli("analyze", "batches", dir, "--backend", "go", "--batches", "3", "--arrays")
	if code != exitDone {
		t.Fatalf("exit %d\n%s", code, stderr)
	}
	for _, want := range []string{"overfit", "linearisation error", "gn min-norm, change of batch j", "3/3"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("stdout lacks %q:\n%s", want, stdout)
		}
	}
	row := analysisOf[batchesRow](t, dir, "batches").Checkpoints[0].Values
	var names []string
	for _, m := range row.Methods {
		names = append(names, m.Name)
	}
	if want := []string{"adamw", "gn split", "gn min-norm", "adam", "sgd"}; !slices.Equal(names, want) {
		t.Errorf("methods %q, want %q", names, want)
	}
	arrays, err := npy.ReadFile(filepath.Join(dir, "analysis", "batches-step-00000002.npz"), npy.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	a, ok := npy.Find(arrays, "gn-split-lr-0.5.A")
	if !ok || !slices.Equal(a.Shape, []int{3, 3}) || a.Data.([]float64)[5] != float64(row.Methods[1].A[1][2]) {
		t.Errorf("A of gn split: %v", a)
	}
	curve, ok := npy.Find(arrays, "sgd-lr-0.1.curve.own")
	if !ok || !slices.Equal(curve.Shape, []int{3, 5}) || curve.Data.([]float64)[3] != float64(row.Methods[4].A[0][0]) {
		t.Errorf("curve of sgd: %v", curve)
	}
}

func TestAnalyzeBatchesRefuses(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	trained(t, smallArgs(t, dir, "--steps", "2", "--hidden", "2000")...)
	before := []string{"analyze", "batches", dir, "--backend", "go", "--batches", "1", "--with", "--optimizer sgd"}
	if code, _, stderr := cli(before...); code != exitDone {
		t.Fatalf("exit %d\n%s", code, stderr)
	}
	for _, tt := range []struct {
		args []string
		want string
		code int
	}{
		{[]string{"--batches", "0"}, "batches: got 0; allowed: 1 to 1000", exitUsage},
		{[]string{"--with", "--hidden 3"}, "--hidden", exitUsage},
		{[]string{"--with", "--optimizer adma"}, `got "adma"`, exitUsage},
		{[]string{"--memory-limit", "1MiB"}, "needs about", exitFailed},
	} {
		code, _, stderr := cli(append([]string{"analyze", "batches", dir, "--backend", "go"}, tt.args...)...)
		if code != tt.code || !strings.Contains(stderr, tt.want) || strings.Contains(stderr, "stays as") {
			t.Errorf("%v: exit %d, want %d with %q and no word of a file that was moved:\n%s", tt.args, code, tt.code, tt.want, stderr)
		}
	}
	before[6] = "2"
	if code, _, stderr := cli(before...); code != exitDone || !strings.Contains(stderr, "stays as "+filepath.Join(dir, "analysis", "batches.previous.json")) {
		t.Errorf("exit %d, a file was moved:\n%s", code, stderr)
	}
}
