// SPDX-License-Identifier: Apache-2.0

package record

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"revgn/internal/npy"
)

// A real file system of 256 kB: what was there before it filled up must read back.
func TestFullDisk(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=256k"); err != nil {
		t.Skipf("mounting a small file system needs root and the right to mount: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, 0); err != nil {
			t.Error(err)
		}
	})
	r, err := Create(filepath.Join(disk, "run"))
	if err != nil {
		t.Fatal(err)
	}
	in := open(t, r)
	if err := r.WriteSummary(r.Summary(Running, "")); err != nil {
		t.Fatal(err)
	}
	save(t, r, checkpoint(1))
	save(t, r, checkpoint(2))
	big := checkpoint(3)
	big.Arrays = []npy.Array{{Name: "x", Shape: []int{1 << 17}, Data: make([]float32, 1<<17)}}
	wantError(t, r.SaveCheckpoint(big), "step-00000003", "no space left", "free some space")
	steps, err := in.Checkpoints()
	if diff := cmp.Diff([]int{1, 2}, steps); diff != "" || err != nil {
		t.Errorf("checkpoints (-want +got, %v):\n%s", err, diff)
	}
	got, err := in.Checkpoint(-1)
	if err != nil || got.Step != 2 {
		t.Errorf("the newest checkpoint: %v, %v", got, err)
	}
	written := fillWithSteps(t, r)
	m, err := in.Metrics()
	if err != nil || m.CutShort || len(m.Steps) != written {
		t.Errorf("a full disk left metrics of %d steps of %d (cut short %v, %v)", len(m.Steps), written, m.CutShort, err)
	}
	wantError(t, r.WriteConfig(make([]byte, 1<<19)), "config.yaml", "no space left")
	if c, err := in.Config(); err != nil || string(c) != "seed: 42\n" {
		t.Errorf("a failed write changed config.yaml to %q (%v)", c, err)
	}
	if s, err := in.Summary(); err != nil || s.Status != Running {
		t.Errorf("summary %v (%v)", s, err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

// fillWithSteps appends until the disk is full and returns how many steps were taken.
func fillWithSteps(t *testing.T, r *Run) int {
	t.Helper()
	for step := 1; step < 10_000; step++ {
		if err := r.AppendStep(gnStep(step)); err != nil {
			wantError(t, err, "metrics.jsonl", "no space left")
			return step - 1
		}
	}
	t.Fatal("the disk never filled up")
	return 0
}
