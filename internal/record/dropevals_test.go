// SPDX-License-Identifier: Apache-2.0

package record

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// Of the checkpoint that a run goes on from, the evaluations of its own step are cut off, and no others; what is left can go on again.
func TestDropEvals(t *testing.T) {
	for name, c := range map[string]struct {
		write func(r *Run) error // after the last step's line
		cut   bool
	}{
		"none": {func(*Run) error { return nil }, false},
		"both parts": {func(r *Run) error {
			return both(r.AppendEval(EvalRecord{Step: 6, Split: "train"}), r.AppendEval(EvalRecord{Step: 6, Split: "test"}))
		}, true},
		"not the end": {func(r *Run) error {
			return both(r.AppendEval(EvalRecord{Step: 6, Split: "test"}), r.AppendProbe(ProbeRecord{Step: 6}))
		}, false},
		"another step's": {func(r *Run) error { return r.AppendEval(EvalRecord{Step: 5, Split: "test"}) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			dir, short := evaluated(t, c.write)
			r, from, err := Continue(dir)
			if err != nil {
				t.Fatal(err)
			}
			before := from.Checkpoint.Metrics
			if err := errors.Join(r.DropEvals(from), r.Rewind(from), r.Close()); err != nil {
				t.Fatal(err)
			}
			st, err := os.Stat(filepath.Join(dir, metricsFile))
			if err != nil {
				t.Fatal(err)
			}
			if want := map[bool]int64{true: short, false: before.Bytes}[c.cut]; st.Size() != want || from.Checkpoint.Metrics.Bytes != want {
				t.Errorf("%d bytes are left, the checkpoint counts on %d, want %d", st.Size(), from.Checkpoint.Metrics.Bytes, want)
			}
			again, c := goneOn(t, dir)
			if stepOf(c) != 6 || len(c.Unusable) > 0 || again.Summary(Running, "").Steps != 6 {
				t.Errorf("goes on from step %d, unusable %v", stepOf(c), c.Unusable)
			}
		})
	}
}

// evaluated is the directory of a run of 6 steps, with what write wrote after the last and a checkpoint that counts on it, and the bytes of the steps alone.
func evaluated(t *testing.T, write func(r *Run) error) (dir string, steps int64) {
	t.Helper()
	r := create(t)
	for step := 1; step <= 6; step++ {
		if err := r.AppendStep(gnStep(step)); err != nil {
			t.Fatal(err)
		}
	}
	steps = r.Mark().Bytes
	err := both(r.WriteConfig([]byte("seed: 42\n")), write(r))
	c := checkpoint(6)
	c.Metrics = r.Mark()
	save(t, r, c)
	if err := both(err, r.Close()); err != nil {
		t.Fatal(err)
	}
	return r.Dir(), steps
}
