// SPDX-License-Identifier: Apache-2.0

package train

import (
	"context"
	"slices"
	"testing"

	"revgn/data"
	"revgn/internal/npy"
	"revgn/internal/record"
)

// BatchOf gives every batch as the run saw it: checkpoints hold what the run's own stream gave, over several epochs, with noise added.
func TestBatchOf(t *testing.T) {
	o := options(t, noise(t, 100, 8), 7)
	o.CheckpointEvery, o.Augment.Noise = 1, 0.1
	if _, err := Run(context.Background(), o, &listener{}, func(Plan) {}); err != nil {
		t.Fatal(err)
	}
	run, err := record.Open(o.Out)
	if err != nil {
		t.Fatal(err)
	}
	source, err := data.Open(context.Background(), o.Dataset, "", data.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for step := 1; step <= 7; step++ {
		idx, x, y, err := BatchOf(o, source.Train, step)
		if err != nil {
			t.Fatal(err)
		}
		c, err := run.Checkpoint(step)
		if err != nil {
			t.Fatal(err)
		}
		seen, ok := npy.Find(c.Arrays, "batch.x")
		labels, also := npy.Find(c.Arrays, "batch.y")
		if !ok || !also || !slices.Equal(seen.Data.([]float32), x) || !slices.Equal(labels.Data.([]int32), y) || len(idx) != 32 {
			t.Errorf("step %d: got another batch than the run saw", step)
		}
	}
}
