// SPDX-License-Identifier: Apache-2.0

package record

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"revgn/internal/npy"
)

func checkpoint(step int) Checkpoint {
	return Checkpoint{
		Step: step, Epoch: 1.5, Position: 3,
		State: json.RawMessage(`{"optimizer":"adam","count":18446744073709551615}`),
		Arrays: []npy.Array{
			{Name: "block0.f.W", Shape: []int{2, 1}, Data: []float32{1, float32(step)}},
			{Name: "opt/block0.f.W/m", Shape: []int{1}, Data: []float64{0.1}},
		},
	}
}

func save(t *testing.T, r *Run, c Checkpoint) {
	t.Helper()
	if err := r.SaveCheckpoint(c); err != nil {
		t.Fatal(err)
	}
}

func TestCheckpointRoundTrip(t *testing.T) {
	r := create(t)
	in := open(t, r)
	_, err := in.Checkpoint(-1)
	wantError(t, err, r.Dir(), "has no checkpoint")
	want := checkpoint(60)
	want.Keep = true
	save(t, r, want)
	save(t, r, checkpoint(61))
	for _, step := range []int{60, 61, -1} {
		got, err := in.Checkpoint(step)
		if err != nil {
			t.Fatal(err)
		}
		want := checkpoint(got.Step)
		want.Keep = got.Step == 60
		if diff := cmp.Diff(&want, got); diff != "" {
			t.Errorf("step %d (-want +got):\n%s", step, diff)
		}
	}
	_, err = in.Checkpoint(7)
	wantError(t, err, "no checkpoint of step 7, want one of 60, 61")
	if _, err := os.Stat(filepath.Join(r.Dir(), "checkpoints", "step-00000060", "SHA256SUMS")); err != nil {
		t.Error(err)
	}
}

func TestCheckpointsNewestTwoAndKept(t *testing.T) {
	r := create(t)
	in := open(t, r)
	for step := 0; step <= 8; step++ {
		c := checkpoint(step)
		c.Keep = step%4 == 0
		save(t, r, c)
	}
	again := checkpoint(7)
	again.Keep = true // asked for after it was saved
	save(t, r, again)
	save(t, r, checkpoint(9))
	save(t, r, checkpoint(10))
	got, err := in.Checkpoints()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{0, 4, 7, 8, 9, 10}, got); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
}

func TestCheckpointDamage(t *testing.T) {
	for _, file := range []string{arraysFile, stateFile, sumsFile} {
		r := create(t)
		in := open(t, r)
		save(t, r, checkpoint(5))
		path := filepath.Join(r.Dir(), checkpointDir, stepName(5), file)
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		b[len(b)/2] ^= 4
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err = in.Checkpoint(5)
		wantError(t, err, filepath.Dir(path), "SHA-256")
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		_, err = in.Checkpoint(5)
		wantError(t, err, path, "no such file")
	}
}

func TestCheckpointLeftovers(t *testing.T) {
	r := create(t)
	in := open(t, r)
	dir := filepath.Join(r.Dir(), checkpointDir)
	for _, name := range []string{tempPrefix + "123/arrays.npz", "step-9/x", "notes/x"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if steps, err := in.Checkpoints(); err != nil || len(steps) != 0 {
		t.Errorf("leftovers count as checkpoints %v (%v)", steps, err)
	}
	save(t, r, checkpoint(1))
	var names []string
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if diff := cmp.Diff([]string{"notes", "step-00000001", "step-9"}, names); diff != "" {
		t.Errorf("after a save (-want +got):\n%s", diff)
	}
}

func TestCheckpointBadArrayLeavesNothing(t *testing.T) {
	r := create(t)
	bad := checkpoint(2)
	bad.Arrays[0].Shape = []int{3}
	save(t, r, checkpoint(1))
	wantError(t, r.SaveCheckpoint(bad), "block0.f.W", "want 3")
	entries, err := os.ReadDir(filepath.Join(r.Dir(), checkpointDir))
	if err != nil || len(entries) != 1 {
		t.Errorf("a failed save left %v (%v)", entries, err)
	}
}
