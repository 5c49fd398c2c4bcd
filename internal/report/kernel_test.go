// SPDX-License-Identifier: Apache-2.0

package report

import (
	"path/filepath"
	"strings"
	"testing"

	"revgn/internal/npy"
)

// kernelRun is a run whose analysis of the tangent kernel has this array.
func kernelRun(t *testing.T, kernel npy.Array) *Content {
	t.Helper()
	dir := t.TempDir()
	run := filepath.Join(dir, "run")
	madeUp{optimizer: "gn", lr: "1", seed: 1, steps: 4}.write(t, run)
	writeText(t, filepath.Join(run, "analysis", "ntk.json"), `{"checkpoints": [{"step": 0, "values": {}, "arrays": "ntk-step-00000000.npz"}, {"step": 60, "values": {}}]}`)
	kernel.Name = "kernel"
	must(t, npy.WriteFile(filepath.Join(run, "analysis", "ntk-step-00000000.npz"), []npy.Array{kernel}))
	return load(t, dir)
}

// fullOf is a kernel of n samples and k classes whose elements are 100 times the sum of classes plus the sum of samples.
func fullOf(n, k int) npy.Array {
	var data []float32
	for i := range n {
		for a := range k {
			for j := range n {
				for b := range k {
					data = append(data, float32(100*(a+b)+i+j))
				}
			}
		}
	}
	return npy.Array{Shape: []int{n, k, n, k}, Data: data}
}

// A full kernel is shown by its sum over classes and the norms of its blocks, at the checkpoint that has it.
func TestFullKernel(t *testing.T) {
	c := kernelRun(t, fullOf(2, 3))
	if notes := c.Runs[0].Notes; len(notes) > 0 {
		t.Errorf("notes %q", notes)
	}
	// Samples 0 and 1, classes 0, 1, 2 twice: 200 + 400 + 3.
	if h := panelOf(t, c, "class-traced tangent kernel at step 0").Heat; h.Values[0][1] != 603 {
		t.Errorf("sum over classes: %v", h.Values)
	}
	// Classes 0 and 0: sums of samples 0, 1, 1, 2.
	h := panelOf(t, c, "norms of the full tangent kernel's blocks at step 0").Heat
	if got := h.Values[0][0] * h.Values[0][0]; got < 5.999999 || got > 6.000001 || h.Lo != 0 || h.Values[1][2] != h.Values[2][1] || h.Rows[2] != "2" {
		t.Errorf("norms of blocks: %+v", h)
	}
}

// Arrays that cannot be read are one note, however often they are asked for.
func TestDamagedArrays(t *testing.T) {
	dir := t.TempDir()
	run := filepath.Join(dir, "run")
	madeUp{optimizer: "gn", lr: "1", seed: 1, steps: 4}.write(t, run)
	writeText(t, filepath.Join(run, "analysis", "ntk.json"), `{"checkpoints": [{"step": 0, "values": {}, "arrays": "ntk-step-00000000.npz"}]}`)
	writeText(t, filepath.Join(run, "analysis", "ntk-step-00000000.npz"), "no archive")
	if notes := load(t, dir).Runs[0].Notes; len(notes) != 1 || !strings.HasPrefix(notes[0], "analysis/ntk-step-00000000.npz is there and not drawn: ") {
		t.Errorf("notes %q", notes)
	}
}

// What is there and cannot be shown is a note.
func TestKernelsThatAreNotDrawn(t *testing.T) {
	for _, tt := range []struct {
		kernel npy.Array
		panels int
		note   string
	}{
		{npy.Array{Shape: []int{2, 3}, Data: make([]float64, 6)}, 0, "there and not drawn: got shape [2 3]"},
		{npy.Array{Shape: []int{2, 2}, Data: make([]int64, 4)}, 0, "there and not drawn: got shape [2 2]"},
		{npy.Array{Shape: []int{1, 50, 1, 50}, Data: make([]float32, 2500)}, 1, "got 50 classes; at most 48"},
	} {
		r := kernelRun(t, tt.kernel).Runs[0]
		shown := 0
		for _, p := range r.Analyses {
			if strings.Contains(p.Title, " at step ") {
				shown++
			}
		}
		if shown != tt.panels || len(r.Notes) != 1 || !strings.Contains(r.Notes[0], tt.note) {
			t.Errorf("%v: %d panels, notes %q, want %d and %q", tt.kernel.Shape, shown, r.Notes, tt.panels, tt.note)
		}
	}
}
