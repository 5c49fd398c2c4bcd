// SPDX-License-Identifier: Apache-2.0

package main

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A disk that fills up under a run ends it with one line; every checkpoint and every line that was written before reads back.
func TestTrainOnAFullDisk(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=512k"); err != nil {
		t.Skipf("mounting a small file system needs root and the right to mount: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, 0); err != nil {
			t.Error(err)
		}
	})
	args := smallArgs(t, filepath.Join(disk, "run"), "--checkpoint-every", "1", "--epochs", "20")
	stderr := refused(t, exitFailed, "no space left on device (free some space or choose another --out", args...)
	if strings.Count(stderr, "cannot write") > 2 {
		t.Errorf("the one error is told many times:\n%s", stderr)
	}
	run := opened(t, args)
	steps, err := run.Checkpoints()
	if err != nil || len(steps) < 2 {
		t.Fatalf("checkpoints %v (%v)", steps, err)
	}
	for _, step := range steps {
		if saved, err := run.Checkpoint(step); err != nil || saved.Step != step {
			t.Errorf("checkpoint of step %d: %v", step, err)
		}
	}
	if m := metricsOf(t, run); m.CutShort || len(m.Steps) < steps[len(steps)-1] {
		t.Errorf("%d steps in the record, %v saved", len(m.Steps), steps)
	}
	summaryOf(t, run)
	if _, err := run.Manifest(); err != nil {
		t.Error(err)
	}
	exported(t, run.Dir())

	// With room again the run goes on, and ends as if the disk had never been full.
	if err := syscall.Mount("tmpfs", disk, "tmpfs", syscall.MS_REMOUNT, "size=64m"); err != nil {
		t.Fatal(err)
	}
	trained(t, append(args, "--resume")...)
	whole, _ := trained(t, smallArgs(t, filepath.Join(disk, "whole"), "--checkpoint-every", "1", "--epochs", "20")...)
	sameRun(t, whole.Dir(), run.Dir())
}
