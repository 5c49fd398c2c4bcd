// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"math"
	"path/filepath"
	"testing"

	"gonum.org/v1/gonum/mat"

	"revgn/data"
	"revgn/internal/npy"
	"revgn/internal/oracle"
)

// exported runs `revgn export` and reads what it wrote.
func exported(t *testing.T, run string, args ...string) ([]npy.Array, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "arrays.npz")
	if code, _, stderr := cli(append([]string{"export", run, "--out", path}, args...)...); code != exitDone {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	arrays, err := npy.ReadFile(path, npy.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return arrays, path
}

// Evaluations weigh every sample once: the training set of 1040 samples is more than one batch of 1000, and no multiple of it.
func TestEvaluationIsThatOfTheWholeSet(t *testing.T) {
	set := smallData(t, 1300, smallFeatures, smallClasses)
	run, _ := trained(t, "train", "--dataset", set, "--backend", "go", "--hidden", "32", "--batch-size", "300", "--optimizer", "adam", "--lr", "1e-2",
		"--steps", "4", "--eval-every", "2", "--out", filepath.Join(t.TempDir(), "run"))
	source, err := data.Open(context.Background(), set, "", data.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n := source.Train.Len(); n%1000 == 0 || n < 1000 {
		t.Fatalf("a training set of %d tells nothing", n)
	}
	for _, step := range []string{"0", "2", "4"} {
		arrays, _ := exported(t, run.Dir(), "--step", step)
		net, err := oracle.LoadNet(arrays, "relu", "identity")
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range metricsOf(t, run).Evals {
			sets := map[string]*data.Set{"train": source.Train, "test": source.Test}
			if step != string(rune('0'+e.Step)) {
				continue
			}
			loss, acc := score(t, net, sets[e.Split])
			if math.Abs(loss-float64(e.Loss)) > 1e-5*loss || math.Abs(acc-float64(e.Acc.Value)) > 1e-12 {
				t.Errorf("step %s, %s: loss %v acc %v, in float64 %v and %v", step, e.Split, e.Loss, e.Acc.Value, loss, acc)
			}
		}
	}
}

// score is the loss and accuracy of a network over a set in float64.
func score(t *testing.T, net *oracle.Net, set *data.Set) (loss, acc float64) {
	t.Helper()
	x := mat.NewDense(set.Len(), set.D, nil)
	for i, v := range set.X {
		x.Set(i/set.D, i%set.D, float64(v))
	}
	y, err := oracle.OneHot(set.Y, set.Classes)
	if err != nil {
		t.Fatal(err)
	}
	_, z := net.Forward(x)
	if loss, err = oracle.Loss(oracle.CrossEntropy, z, y); err != nil {
		t.Fatal(err)
	}
	hits := 0
	for i, label := range set.Y {
		row, best := z.RawRowView(i), 0
		for k := range row {
			if row[k] > row[best] {
				best = k
			}
		}
		if best == int(label) {
			hits++
		}
	}
	return loss, float64(hits) / float64(set.Len())
}
