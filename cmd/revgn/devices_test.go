// SPDX-License-Identifier: Apache-2.0

package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"revgn/internal/backend/backendtest"
	"revgn/internal/npy"
)

// A number of devices that cannot be is bad usage, told with what can.
func TestDevicesBadUsage(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"train", "--devices", "3", "--hidden", "64"}, "devices: got 3, which does not divide hidden 64; nearest: --hidden 63 or 66, or --devices 2 or 4"},
		{[]string{"train", "--devices", "2", "--backend", "go"}, "devices: got 2 with backend go, which has one"},
		{[]string{"bench", "--devices", "0"}, "devices: got 0; allowed: 1 to"},
		{[]string{"bench", "--vs", "--devices 7", "--hidden", "100"}, "does not divide hidden 100"},
	} {
		code, stdout, stderr := cli(c.args...)
		if code != exitUsage || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, c.want) {
			t.Errorf("%q: exit %d, stdout %q, stderr %q, want %q", c.args, code, stdout, stderr, c.want)
		}
	}
}

// What two devices trained is exported whole, as the checkpoint holds it.
func TestExportFromDevices(t *testing.T) {
	backendtest.OnDevices(t, 2)
	out := filepath.Join(t.TempDir(), "run")
	run, _ := trained(t, smallArgs(t, out, "--backend", "xla:cpu", "--devices", "2", "--steps", "2")...)
	saved, err := run.Checkpoint(-1)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "out.npz")
	if _, err := export(out, "--out", path); err != nil {
		t.Fatal(err)
	}
	exported, err := npy.ReadFile(path, npy.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for name, shape := range map[string][]int{"block0.f.W": {64, 8}, "block1.g.W": {64, 8}, "block1.f.b": {8}} {
		got, _ := npy.Find(exported, name)
		want, _ := npy.Find(saved.Arrays, name)
		if diff := cmp.Diff(want, got); diff != "" || !cmp.Equal(got.Shape, shape) {
			t.Errorf("%s has shape %v, want %v as in the checkpoint; -want +got:\n%s", name, got.Shape, shape, diff)
		}
	}
}

// A benchmark on several devices says so in its name, and is compared with one device.
func TestBenchDevices(t *testing.T) {
	backendtest.OnDevices(t, 2)
	code, stdout, stderr := cli(smallBench("--backend", "xla:cpu", "--vs", "--devices 2")...)
	if code != exitDone {
		t.Fatalf("exit %d\n%s", code, stderr)
	}
	names := benchmarks(stdout)
	if len(names) != 3 || strings.Contains(names[0], "devices") || !strings.HasSuffix(names[1], "/devices=2") {
		t.Errorf("benchmarks %q", names)
	}
}
