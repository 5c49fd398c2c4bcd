// SPDX-License-Identifier: Apache-2.0

package runs_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"revgn/internal/config"
	"revgn/internal/progress"
	"revgn/internal/runs"
	"revgn/internal/train"
	"revgn/model"
)

// trained trains a small network on digits for 4 steps, with a checkpoint every 2.
func trained(t *testing.T, flags ...string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	o := config.Default()
	fs := pflag.NewFlagSet("train", pflag.ContinueOnError)
	o.AddFlags(fs)
	args := slices.Concat([]string{"--backend", "go", "--blocks", "1", "--hidden", "60", "--batch-size", "50", "--train-size", "200", "--steps", "4",
		"--checkpoint-every", "2", "--optimizer", "adam", "--first-activation", "relu", "--out", dir}, flags)
	if err := fs.Parse(args); err != nil {
		t.Fatal(err)
	}
	o, err := config.Resolve(fs)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := train.Run(context.Background(), o, progress.New(io.Discard, false), func(train.Plan) {}); err != nil {
		t.Fatal(err)
	}
	return dir
}

func open(t *testing.T, dir string) *runs.Run {
	t.Helper()
	r, err := runs.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// What is put into variables is what the checkpoint holds, and step 0 what a network is drawn as.
func TestWeights(t *testing.T) {
	r := open(t, trained(t))
	vars, err := model.NewVariables(r.Network)
	if err != nil {
		t.Fatal(err)
	}
	drawn, err := runs.Hash(vars)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, step := range []int{0, 2, 4} {
		w, err := r.Weights(step)
		if err != nil {
			t.Fatal(err)
		}
		if w.Step != step || seen[w.SHA256] || (step == 0) != (w.SHA256 == drawn) || (step > 0) != (len(w.State) > 0 && len(w.Batch) == 2) {
			t.Errorf("step %d: read as step %d, SHA-256 %.8s seen before: %v; that of the drawn network: %v; %d arrays of state, %d of the batch",
				step, w.Step, w.SHA256, seen[w.SHA256], w.SHA256 == drawn, len(w.State), len(w.Batch))
		}
		seen[w.SHA256] = true
		if err := w.Put(vars); err != nil {
			t.Fatal(err)
		}
		if now, err := runs.Hash(vars); err != nil || now != w.SHA256 {
			t.Errorf("step %d: the variables hold %.8s, %v, want %.8s", step, now, err, w.SHA256)
		}
	}
	newest, err := r.Weights(runs.Newest)
	if err != nil || newest.Step != 4 {
		t.Errorf("the newest checkpoint is of step %v, %v, want 4", newest, err)
	}
}

func TestDamagedCheckpointIsNamed(t *testing.T) {
	dir := trained(t)
	path := filepath.Join(dir, "checkpoints", "step-00000002", "arrays.npz")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, dir).Weights(2); err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("got %v, want an error that names %s", err, path)
	}
}

func TestSelect(t *testing.T) {
	r := open(t, trained(t))
	for text, want := range map[string][]int{"newest": {4}, "all": {0, 2, 4}, "0": {0}, "4,0": {0, 4}, "2, 2": {2}} {
		s, err := runs.ParseSelection(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := r.Select(s); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q selects %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "oldest", "-1", "1,,2", "1.5"} {
		if _, err := runs.ParseSelection(text); err == nil {
			t.Errorf("%q is read as steps", text)
		}
	}
	s, err := runs.ParseSelection("3")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Select(s); err == nil || !strings.Contains(err.Error(), "0, 2, 4") || !strings.Contains(err.Error(), "--checkpoint-every") {
		t.Errorf("step 3: got %v, want an error that lists 0, 2, 4 and names --checkpoint-every", err)
	}
}

// Data are as training saw them, and other data are refused.
func TestData(t *testing.T) {
	r := open(t, trained(t, "--label-noise", "0.5", "--whiten", "pca"))
	ui := progress.New(io.Discard, false)
	source, err := r.Data(context.Background(), "", ui)
	if err != nil {
		t.Fatal(err)
	}
	if n := source.Train.Len(); n != 200 {
		t.Errorf("%d training samples, want 200", n)
	}
	plain := open(t, trained(t))
	clean, err := plain.Data(context.Background(), "", ui)
	if err != nil {
		t.Fatal(err)
	}
	if slices.Equal(source.Train.Y, clean.Train.Y) || !slices.Equal(source.Test.Y, clean.Test.Y) || slices.Equal(source.Test.X, clean.Test.X) {
		t.Error("label noise belongs to the training labels alone, and whitening to both parts")
	}
	for part, set := range map[string][]float32{"test": clean.Test.X, "train": clean.Train.X} {
		probe, err := runs.Probe(clean, part, 7)
		if err != nil || probe.Len() != 7 || !slices.Equal(probe.X, set[:7*clean.Train.D]) {
			t.Errorf("the probe set of %s has %d samples, %v", part, probe.Len(), err)
		}
	}
	if probe, err := runs.Probe(clean, "test", 1e6); err != nil || probe.Len() != clean.Test.Len() {
		t.Errorf("more probes than there are samples: %d, %v", probe.Len(), err)
	}
	if _, err := runs.Probe(clean, "validation", 7); err == nil {
		t.Error("a part that does not exist gives a probe set")
	}
	plain.Manifest.DataHash = "0123456789abcdef"
	if _, err := plain.Data(context.Background(), "", ui); err == nil || !strings.Contains(err.Error(), "--data-dir") {
		t.Errorf("other data: got %v, want an error that names --data-dir", err)
	}
}
