// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"revgn/data"
	"revgn/internal/npy"
)

// timed are the fields that a repetition changes.
var timed = regexp.MustCompile(`,"(measure_)?seconds":[0-9.e+-]+`)

func untimed(t *testing.T, dir string) []string {
	lines := metricLines(t, dir)
	for i := range lines {
		lines[i] = timed.ReplaceAllString(lines[i], "")
	}
	return lines
}

// A run's config.yaml repeats it: the same numbers to the last digit, in this process and in another.
func TestConfigRepeatsARun(t *testing.T) {
	dir := t.TempDir()
	for _, optimizer := range []string{"gn", "adamw"} {
		first := filepath.Join(dir, optimizer)
		run, _ := trained(t, smallArgs(t, first, "--optimizer", optimizer, "--seed", "7", "--init-std", "1e-2")...)
		config := filepath.Join(run.Dir(), "config.yaml")
		again, _ := trained(t, "train", "--config", config, "--out", first+"-again")
		elsewhere := first + "-elsewhere"
		if out, err := program(t, "train", "--config", config, "--out", elsewhere).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		want := untimed(t, run.Dir())
		for _, other := range []string{again.Dir(), elsewhere} {
			if diff := cmp.Diff(want, untimed(t, other)); diff != "" {
				t.Errorf("%s (-first +again):\n%s", other, diff)
			}
		}
	}
}

// A seed means the same initial weights and batches for every optimizer, and another seed others.
func TestOptimizersStartAlike(t *testing.T) {
	losses := map[string]float64{}
	for _, optimizer := range []string{"gn", "sgd", "momentum", "adam", "adamw", "muon", "kfac"} {
		run, _ := trained(t, smallArgs(t, filepath.Join(t.TempDir(), "run"), "--optimizer", optimizer, "--steps", "1")...)
		m := metricsOf(t, run)
		losses[optimizer] = float64(m.Steps[0].Loss)
		// The graphs differ, and with them the order of float32 sums.
		if off := losses[optimizer]/losses["gn"] - 1; off > 1e-6 || off < -1e-6 {
			t.Errorf("first loss %v with %s, %v with gn", losses[optimizer], optimizer, losses["gn"])
		}
		c, err := run.Checkpoint(1)
		if err != nil {
			t.Fatal(err)
		}
		if y, _ := npy.Find(c.Arrays, "batch.y"); !cmp.Equal(y.Data, firstLabels(t)) {
			t.Errorf("%s: the first batch is not that of (seed, epoch)", optimizer)
		}
	}
	run, _ := trained(t, smallArgs(t, filepath.Join(t.TempDir(), "run"), "--steps", "1", "--seed", "43")...)
	if got := float64(metricsOf(t, run).Steps[0].Loss); got == losses["gn"] {
		t.Errorf("seeds 42 and 43 have the same first loss %v", got)
	}
}

// firstLabels are the labels of the first batch of the small problem with seed 42.
func firstLabels(t *testing.T) []int32 {
	t.Helper()
	source, err := data.Open(context.Background(), smallData(t, smallSamples, smallFeatures, smallClasses), "", data.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var y []int32
	for _, i := range data.Order(42, 0, source.Train.Len())[:32] {
		y = append(y, source.Train.Y[i])
	}
	return y
}
