// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"revgn/internal/record"
)

// The fields of metrics.jsonl are an interface.
const (
	evalFields     = "acc epoch kind loss samples seconds split step"
	baselineFields = "acc epoch heldout_change_pct kind loss loss_after loss_change_pct lr measure_seconds seconds step step_norm"
	gnFields       = "acc cert cert_logits couplings epoch exact gain heldout_change_pct kind linearisation loss loss_after loss_change_pct lr measure_seconds " +
		"reconstruction seconds step step_norm"
	couplingFields = "name rank residual sigma_max sigma_min"
)

func TestRunDirectory(t *testing.T) {
	for optimizer, want := range map[string]string{"gn": gnFields, "adam": baselineFields, "momentum": baselineFields} {
		t.Run(optimizer, func(t *testing.T) {
			run, stdout := trained(t, smallArgs(t, filepath.Join(t.TempDir(), "run"), "--optimizer", optimizer, "--checkpoint-every", "5")...)
			checkFields(t, run.Dir(), want)
			checkRecords(t, run)
			checkManifest(t, run)
			steps, err := run.Checkpoints()
			if err != nil || !slices.Equal(steps, []int{5, 10, 12}) {
				t.Errorf("checkpoints %v (%v), want 5 and 10 as asked for, and the newest two", steps, err)
			}
			for _, step := range steps {
				if _, err := run.Checkpoint(step); err != nil {
					t.Error(err)
				}
			}
			if !strings.HasPrefix(stdout, "status     done after 12 steps (2 epochs)\n") || !strings.Contains(stdout, run.Dir()) {
				t.Errorf("stdout:\n%s", stdout)
			}
		})
	}
}

func checkFields(t *testing.T, dir, stepFields string) {
	t.Helper()
	for _, line := range metricLines(t, dir) {
		var o map[string]any
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			t.Fatal(err)
		}
		want := map[any]string{"step": stepFields, "eval": evalFields}[o["kind"]]
		if got := strings.Join(slices.Sorted(maps.Keys(o)), " "); got != want {
			t.Fatalf("a line of kind %v has fields\n%s, want\n%s", o["kind"], got, want)
		}
		if couplings, ok := o["couplings"].([]any); ok {
			if got := strings.Join(slices.Sorted(maps.Keys(couplings[0].(map[string]any))), " "); got != couplingFields || len(couplings) != 4 {
				t.Fatalf("%d couplings with fields %s", len(couplings), got)
			}
		}
	}
}

// checkRecords compares the records with each other: 200 training samples make 6 steps of 32 an epoch.
func checkRecords(t *testing.T, run *record.Reader) {
	t.Helper()
	m, s := metricsOf(t, run), summaryOf(t, run)
	exact := 0
	for i, step := range m.Steps {
		if step.Step != i+1 || math.Abs(step.Epoch-float64(i+1)/6) > 1e-12 {
			t.Errorf("record %d is of step %d, epoch %g", i, step.Step, step.Epoch)
		}
		if g := step.GaussNewton; g != nil && g.Exact {
			exact++
			if g.Cert > 1e-4 || math.Abs(float64(g.Gain)-1) > 1e-4 {
				t.Errorf("step %d is called exact with certificate %g, gain %g", step.Step, g.Cert, g.Gain)
			}
		}
	}
	if len(m.Steps) != 12 || s.Steps != 12 || s.ExactSteps != exact || s.Status != record.Done || s.Epoch != 2 {
		t.Errorf("%d steps, %d of them exact, summary %+v", len(m.Steps), exact, s)
	}
	var evals []string
	for _, e := range m.Evals {
		evals = append(evals, e.Split)
		if want := map[string]int{"train": 200, "test": 50}[e.Split]; e.Samples != want {
			t.Errorf("%s set of %d samples, want %d", e.Split, e.Samples, want)
		}
	}
	if got := strings.Join(evals, " "); got != "test train test train test" {
		t.Errorf("evaluated %s", got)
	}
	last := m.Evals[len(m.Evals)-1]
	if last.Step != 12 || s.Last.TestAcc != last.Acc || s.Last.TestLoss.Value != last.Loss || s.Last.Step != 12 {
		t.Errorf("last %+v, but the last evaluation is %+v", s.Last, last)
	}
	if m.Steps[0].GaussNewton != nil && s.Last.TestAcc.Value < 0.9 {
		t.Errorf("test accuracy %g on three separate clusters", s.Last.TestAcc.Value)
	}
}

func checkManifest(t *testing.T, run *record.Reader) {
	t.Helper()
	m, err := run.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	for name, filled := range map[string]bool{
		"program": m.Program == "revgn", "version": m.Version != "", "go_version": m.GoVersion != "", "build": len(m.Build) > 0,
		"modules": m.Modules["github.com/gomlx/gomlx"] != "", "command": len(m.Command) > 0, "backend": m.Backend == "go", "device": m.Device != "",
		"dtype": m.DType == "f32", "data": strings.HasPrefix(m.Data, "csv"), "data_hash": len(m.DataHash) == 64, "host": m.Host.OS != "" && m.Host.CPUs > 0,
		"sizes": m.Features == smallFeatures && m.Classes == smallClasses && m.TrainSamples == 200 && m.TestSamples == 50,
		"times": !m.Started.IsZero() && m.Ended.After(m.Started),
	} {
		if !filled {
			t.Errorf("manifest.json: %s is not right: %+v", name, m)
		}
	}
}

// What only measures can be left out, all of it or the held-out batch.
func TestMeasureOff(t *testing.T) {
	for more, want := range map[string]string{
		"--measure=false": "acc cert cert_logits couplings epoch exact gain kind loss lr seconds step step_norm",
		"--heldout=0":     strings.NewReplacer("heldout_change_pct ", "", "reconstruction ", "").Replace(gnFields),
	} {
		run, _ := trained(t, smallArgs(t, filepath.Join(t.TempDir(), "run"), more)...)
		checkFields(t, run.Dir(), want)
	}
}
