// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"revgn/internal/npy"
	"revgn/internal/oracle"
	"revgn/internal/record"
	"revgn/internal/runs"
)

// The rows of a run against the checkpoints themselves: displacement by a singular value decomposition, the path from the metrics.
func TestAnalyzeWeights(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	trained(t, smallArgs(t, dir, "--optimizer", "adam", "--lr", "0.01", "--steps", "5", "--checkpoint-every", "2")...)
	code, stdout, stderr := cli("analyze", "weights", dir, "--step", "all", "--arrays")
	if code != exitDone {
		t.Fatalf("exit %d\n%s", code, stderr)
	}
	for _, want := range []string{"block1.g", "straight", "written "} {
		if !strings.Contains(stdout, want) {
			t.Errorf("stdout lacks %q:\n%s", want, stdout)
		}
	}
	a := analysisOf[weightsRow](t, dir, "weights")
	var steps []int
	path, step := 0.0, 0
	for _, c := range a.Checkpoints {
		steps = append(steps, c.Step)
		for ; step < c.Step; step++ {
			path += float64(metricsOf(t, opened(t, []string{"--out", dir})).Steps[step].StepNorm.Value)
		}
		if row := c.Values; c.Step > 0 {
			z0, z := stacked(t, dir, 0), stacked(t, dir, c.Step)
			want := oracle.Displace(z0, z)
			for what, pair := range map[string][2]float64{
				"displacement": {float64(row.Couplings[0].Displacement), want.Distance}, "stable rank": {float64(row.Couplings[0].StableRank), want.Stable},
				"path": {float64(row.Length.Value), path}, "straightness": {float64(row.Straightness.Value), float64(row.All.Displacement) / path},
			} {
				if got, want := pair[0], pair[1]; !(math.Abs(got-want) <= 1e-9*want) {
					t.Errorf("step %d: %s is %.12g, want %.12g", c.Step, what, got, want)
				}
			}
			if row.Before == nil || row.Steps != c.Step {
				t.Errorf("step %d: the checkpoint before is %v, the path has %d steps", c.Step, row.Before, row.Steps)
			}
			if s := float64(row.Straightness.Value); !(s > 0 && s < 1+1e-4) {
				t.Errorf("step %d: straightness %g", c.Step, s)
			}
		}
	}
	if len(steps) != 4 || steps[0] != 0 || *a.Checkpoints[2].Values.Before != 2 {
		t.Errorf("steps %v, want 0 2 4 5, each with the one before", steps)
	}
	arrays, err := npy.ReadFile(filepath.Join(dir, "analysis", "weights-step-00000005.npz"), npy.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if s, ok := npy.Find(arrays, "block0.f.singular_values"); !ok || len(s.Data.([]float64)) != smallFeatures/2 {
		t.Errorf("singular values %v", s)
	}
}

// A run whose metrics have no step_norm, as runs of baselines once had, has no path, and says so.
func TestAnalyzeWeightsWithoutNorms(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	trained(t, smallArgs(t, dir, "--optimizer", "sgd", "--steps", "2")...)
	metrics := filepath.Join(dir, "metrics.jsonl")
	b, err := os.ReadFile(metrics)
	if err != nil {
		t.Fatal(err)
	}
	writeTestFile(t, metrics, regexp.MustCompile(`"step_norm":[^,]*,`).ReplaceAllString(string(b), ""))
	code, stdout, stderr := cli("analyze", "weights", dir)
	if code != exitDone || !strings.Contains(stdout, "warning: step 2: metrics.jsonl has no step_norm for 2 of the steps") {
		t.Errorf("exit %d, stdout\n%s\nstderr %s", code, stdout, stderr)
	}
	if row := analysisOf[weightsRow](t, dir, "weights").Checkpoints[0].Values; row.Length.Set || row.Missing != 2 || !(row.All.Displacement > 0) {
		t.Errorf("got %+v", row)
	}
}

// Directories stand for the runs in them, what holds no run is passed over where others do, and a mistake in the last argument is found before the first is measured.
func TestAnalyzeArguments(t *testing.T) {
	dir := t.TempDir()
	run := filepath.Join(dir, "runs", "sweep", "a")
	trained(t, smallArgs(t, run, "--steps", "1")...)
	exported := filepath.Join(dir, "a.npz")
	writeTestFile(t, exported, "")
	begun := filepath.Join(dir, "runs", "sweep", "begun") // it failed before it knew its data
	if err := os.Mkdir(begun, 0o755); err != nil {
		t.Fatal(err)
	}
	writeTestFile(t, filepath.Join(begun, "config.yaml"), "optimizer: gn\n")
	measured := filepath.Join(run, "analysis", "weights.json")
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{run, filepath.Join(dir, "absent")}, exitFailed, "no such file"},
		{[]string{exported}, exitFailed, "a.npz is a file"},
		{[]string{run, begun}, exitFailed, "manifest.json"},
		{[]string{run, "--step", "7"}, exitFailed, "no checkpoint of step 7"},
		{[]string{exported, filepath.Join(dir, "runs")}, exitDone, "passed over: " + exported + " is a file"},
		{[]string{filepath.Join(dir, "runs")}, exitDone, "passed over: cannot read " + filepath.Join(begun, "manifest.json")},
	} {
		code, _, stderr := cli(append([]string{"analyze", "weights"}, c.args...)...)
		_, err := os.Stat(measured)
		if code != c.code || !strings.Contains(stderr, c.want) || (err == nil) != (code == exitDone) {
			t.Errorf("%v: exit %d, stderr %q, measured: %v", c.args, code, stderr, err == nil)
		}
	}
}

// analysisOf reads the file of an analysis.
func analysisOf[R any](t *testing.T, dir, name string) record.Analysis[R] {
	t.Helper()
	path := filepath.Join(dir, "analysis", name+".json")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if documented()["analysis-"+name] != nil {
		followsSchema(t, "analysis-"+name, path)
	}
	var a record.Analysis[R]
	if err := json.Unmarshal(b, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// stacked is Z = [W; b] of block 0's F at a step.
func stacked(t *testing.T, dir string, step int) *mat.Dense {
	t.Helper()
	run, err := runs.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	w, err := run.Weights(step)
	if err != nil {
		t.Fatal(err)
	}
	var values []float32
	for _, name := range []string{"block0.f.W", "block0.f.b"} {
		a, ok := npy.Find(w.Arrays, name)
		if !ok {
			t.Fatalf("no %s at step %d", name, step)
		}
		values = append(values, a.Data.([]float32)...)
	}
	return oracle.Dense(len(values)/(smallFeatures/2), smallFeatures/2, values)
}
