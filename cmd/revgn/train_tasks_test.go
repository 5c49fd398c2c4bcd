// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"revgn/data"
	"revgn/internal/npy"
)

// taskArgs trains a small network on a task.
func taskArgs(t *testing.T, task string, more ...string) []string {
	return append([]string{"train", "--dataset", task, "--backend", "go", "--hidden", "400", "--batch-size", "100", "--eval-every", "1000",
		"--out", filepath.Join(t.TempDir(), "run")}, more...)
}

// Tasks with known generalisation train with Gauss-Newton, every step exact, and with Adam. Parities and staircases need features: Adam finds them, while
// the exact step of this size fits the training samples and stays near chance on the test samples of a parity.
func TestTrainTasks(t *testing.T) {
	const size = ",width=32,train=1000,test=300"
	for _, c := range []struct {
		task     string
		gn, adam float64 // least accuracies: training samples after gn, test samples after adam
	}{
		{"synthetic:kind=parity,k=2" + size, 0.6, 0.95},
		{"synthetic:kind=staircase,k=3" + size, 0.75, 0.95},
		{"teacher:classes=2,blocks=1,hidden=16" + size, 0.8, 0.8},
		{"synthetic:classes=3,alpha=1.5,beta=1.5" + size, 0.8, 0.85},
	} {
		run, _ := trained(t, taskArgs(t, c.task, "--steps", "40", "--lr", "0.3")...)
		steps, s := metricsOf(t, run).Steps, summaryOf(t, run)
		if s.ExactSteps != 40 || float64(s.Last.TrainAcc.Value) < c.gn || steps[39].Loss >= steps[0].Loss {
			t.Errorf("%s, gn: %d exact steps, training accuracy %v, batch loss %v to %v", c.task, s.ExactSteps, s.Last.TrainAcc.Value, steps[0].Loss, steps[39].Loss)
		}
		run, _ = trained(t, taskArgs(t, c.task, "--steps", "150", "--optimizer", "adam", "--lr", "3e-3")...)
		if s := summaryOf(t, run); float64(s.Last.TestAcc.Value) < c.adam {
			t.Errorf("%s, adam: test accuracy %v, want at least %v", c.task, s.Last.TestAcc.Value, c.adam)
		}
	}
}

// What was done to the samples stands in manifest.json, and config.yaml repeats the run.
func TestTrainRecordsPreparation(t *testing.T) {
	args := taskArgs(t, "teacher:width=16,classes=3,train=200,test=50", "--steps", "3", "--optimizer", "adam", "--label-noise", "0.25", "--whiten", "zca", "--augment", "noise:0.1")
	run, _ := trained(t, args...)
	m, err := run.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	if len(m.DataNotes) != 3 || !strings.Contains(m.DataNotes[0], "reversible teacher") || !strings.Contains(m.DataNotes[1], " of 200 training labels") ||
		!strings.Contains(m.DataNotes[2], "zca whitening fitted on the 200 training samples keeps 16 of 16") {
		t.Errorf("notes %q", m.DataNotes)
	}
	if want := "teacher:width=16,classes=3,blocks=2,hidden=128,gain=1,train=200,test=50,seed=1"; m.Data != want {
		t.Errorf("data %q, want %q", m.Data, want)
	}
	again, _ := trained(t, "train", "--config", filepath.Join(run.Dir(), "config.yaml"), "--out", filepath.Join(t.TempDir(), "again"))
	for i, step := range metricsOf(t, again).Steps {
		if want := metricsOf(t, run).Steps[i]; step.Loss != want.Loss || step.LossAfter != want.LossAfter {
			t.Errorf("step %d repeated: loss %v then %v, want %v then %v", step.Step, step.Loss, step.LossAfter, want.Loss, want.LossAfter)
		}
	}
}

// The batch in a checkpoint is the one that the step used: augmented for its epoch, with the replaced labels.
func TestCheckpointHoldsTheAugmentedBatch(t *testing.T) {
	const size, seed = 500, 5
	run, _ := trained(t, "train", "--backend", "go", "--optimizer", "sgd", "--hidden", "16", "--batch-size", "500", "--seed", "5", "--steps", "5", "--checkpoint-every", "1",
		"--augment", "crop,flip,noise:0.1", "--label-noise", "0.3", "--out", filepath.Join(t.TempDir(), "run"))
	src, err := data.Open(context.Background(), "digits", "", data.Options{})
	if err != nil {
		t.Fatal(err)
	}
	set := src.Train
	clean := slices.Clone(set.Y)
	if set.Y, _, err = data.NoisyLabels(clean, 10, 0.3, seed); err != nil {
		t.Fatal(err)
	}
	a := data.Augment{Crop: true, Flip: true, Noise: 0.1, Seed: seed}
	for step := 1; step <= 5; step++ {
		epoch := (step - 1) / 2 // 1437 samples are two batches of 500
		idx := data.Batches(data.Order(seed, epoch, set.Len()), size)[(step-1)%2]
		x, y := make([]float32, size*set.D), make([]int32, size)
		if err := a.Gather(set, epoch, idx, x, y); err != nil {
			t.Fatal(err)
		}
		arrays, _ := exported(t, run.Dir(), "--step", string(rune('0'+step)), "--batch")
		gotX, _ := npy.Find(arrays, "batch.x")
		gotY, _ := npy.Find(arrays, "batch.y")
		if !slices.Equal(gotX.Data.([]float32), x) || !slices.Equal(gotY.Data.([]int32), y) {
			t.Errorf("step %d: the checkpoint's batch is not that of epoch %d", step, epoch)
		}
	}
}

// Evaluations and the held-out batch see samples as they are: before the first step they do not know of an augmentation, nor the test set of label noise.
func TestEvaluationIsNotAugmented(t *testing.T) {
	evals := func(more ...string) any {
		args := append([]string{"train", "--backend", "go", "--optimizer", "sgd", "--lr", "1e-30", "--hidden", "16", "--batch-size", "400", "--steps", "3",
			"--out", filepath.Join(t.TempDir(), "run")}, more...)
		run, _ := trained(t, args...)
		m := metricsOf(t, run)
		var seen []any
		for _, e := range m.Evals {
			if e.Split == "test" || !slices.Contains(more, "--label-noise") {
				seen = append(seen, e.Split, e.Step, e.Loss, e.Acc)
			}
		}
		for _, s := range m.Steps {
			seen = append(seen, s.HeldoutChangePct)
		}
		return seen
	}
	plain := evals()
	if diff := cmp.Diff(plain, evals("--augment", "crop,flip,noise:1")); diff != "" {
		t.Errorf("an augmentation changes evaluations:\n%s", diff)
	}
	if diff := cmp.Diff(evals("--label-noise", "0"), evals("--label-noise", "0.9")); diff != "" {
		t.Errorf("label noise changes the test set:\n%s", diff)
	}
}
