// SPDX-License-Identifier: Apache-2.0

package report

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"revgn/internal/npy"
)

// writeAnalyses leaves in a run what `revgn analyze` does.
func writeAnalyses(t *testing.T, run string) {
	t.Helper()
	dir := filepath.Join(run, "analysis")
	writeText(t, filepath.Join(dir, "cka.json"), `{"checkpoints": [
		{"step": 0, "values": {"start": [{"site": "block0.stream", "linear": {"debiased": 1}}, {"site": "logits", "linear": {"debiased": 1}}]}},
		{"step": 60, "values": {"start": [{"site": "block0.stream", "linear": {"debiased": 0.8}}, {"site": "logits", "linear": {"debiased": null}}]}, "arrays": "cka-step-00000060.npz"}]}`)
	must(t, npy.WriteFile(filepath.Join(dir, "cka-step-00000060.npz"), []npy.Array{{Name: "linear.debiased", Shape: []int{2, 2}, Data: []float64{1, 0.5, 0.4, 0.9}}}))
	writeText(t, filepath.Join(dir, "cka-across.json"), `{"checkpoints": [{"step": 60, "values": {"runs": [{"run": "a", "step": 60}, {"run": "b", "step": 60}],
		"sites": [{"site": "logits", "linear": {"debiased": [[1, 0.3], [0.3, 1]]}}]}}]}`)
	writeText(t, filepath.Join(dir, "ntk.json"), `{"checkpoints": [
		{"step": 0, "values": {"alignment_centred": {"value": 1}, "relative_change": {"value": 0}, "label_alignment": {"value": 0.1}, "spectrum": {"lambda_max": 9, "lambda_min": 0.1, "effective_rank": {"value": 2}}, "shares": [{"coupling": "block0.f", "trace": 0.4}, {"coupling": "block0.g", "trace": 0.6}]}},
		{"step": 60, "values": {"alignment_centred": {"value": 0.5}, "relative_change": {"value": 2}, "label_alignment": {"value": 0.3}, "spectrum": {"lambda_max": 99, "lambda_min": 0.2, "effective_rank": {"value": 1.5}}, "shares": [{"coupling": "block0.f", "trace": 0.1}, {"coupling": "block0.g", "trace": 0.9}]}, "arrays": "ntk-step-00000060.npz"}]}`)
	must(t, npy.WriteFile(filepath.Join(dir, "ntk-step-00000060.npz"), []npy.Array{
		{Name: "eigenvalues", Shape: []int{3}, Data: []float64{-1e-9, 0.2, 99}},
		{Name: "kernel", Shape: []int{3, 3}, Data: []float32{9, 1, 2, 1, 8, 3, 2, 3, 7}},
		{Name: "probe.y", Shape: []int{3}, Data: []int32{1, 0, 0}}}))
	writeText(t, filepath.Join(dir, "weights.json"), `{"checkpoints": [{"step": 60, "values": {"couplings": [{"name": "block0.f", "relative_displacement": 2.5}]}}]}`)
	writeText(t, filepath.Join(dir, "features.json"), `{"checkpoints": [{"step": 60, "values": {"sites": [{"name": "input", "now": {"centred": {"effective_rank": 9}, "probe": {"accuracy": 0.9}}, "start": {"centred": {"effective_rank": 9}, "probe": {"accuracy": 0.8}}}]}}]}`)
	writeBatches(t, run)
}

// panelOf is the first panel whose title has these words.
func panelOf(t *testing.T, c *Content, title string) Panel {
	t.Helper()
	i := slices.IndexFunc(c.panels(), func(p Panel) bool { return strings.Contains(p.Title, title) })
	if i < 0 {
		t.Fatalf("no panel %q", title)
	}
	return c.panels()[i]
}

// What analyze wrote becomes panels, with the numbers of the files.
func TestAnalyses(t *testing.T) {
	dir := t.TempDir()
	run := filepath.Join(dir, "run")
	madeUp{optimizer: "gn", lr: "1", seed: 1, steps: 4}.write(t, run)
	writeAnalyses(t, run)
	c := load(t, dir)
	if len(c.Runs[0].Notes) > 0 {
		t.Errorf("notes %q", c.Runs[0].Notes)
	}
	if h := panelOf(t, c, "linear CKA with the start").Heat; h.Values[1][0] != 0.8 || h.Values[1][1] == h.Values[1][1] || h.Cols[1] != "logits" || h.Rows[1] != "60" {
		t.Errorf("CKA with the start: %+v", h)
	}
	if h := panelOf(t, c, "all sites").Heat; h.Values[1][0] != 0.4 {
		t.Errorf("CKA of sites: %+v", h)
	}
	if h := panelOf(t, c, "between runs at logits").Heat; h.Values[0][1] != 0.3 || h.Rows[1] != "b, step 60" {
		t.Errorf("CKA of runs: %+v", h)
	}
	if l := panelOf(t, c, "spectrum of the tangent kernel").Lines.Curves; !slices.Equal(l[0].Y, []float64{99, 0.2}) {
		t.Errorf("spectrum: %+v", l)
	}
	// Labels 1, 0, 0: the first sample comes last.
	if h := panelOf(t, c, "tangent kernel at step 60").Heat; h.Values[0][0] != 8 || h.Values[2][0] != 1 || h.Rows[2] != "1" {
		t.Errorf("kernel: %+v", h)
	}
	if h := panelOf(t, c, "shares of the couplings").Heat; h.Values[1][1] != 0.9 {
		t.Errorf("shares: %+v", h)
	}
	panelOf(t, c, "displacement of each coupling")
	panelOf(t, c, "accuracy of a ridge classifier")
}

// A damaged analysis, and one that leads out of the run, is a note and no more.
func TestAnalysesThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	run := filepath.Join(dir, "run")
	madeUp{optimizer: "gn", lr: "1", seed: 1, steps: 4}.write(t, run)
	writeText(t, filepath.Join(run, "analysis", "cka.json"), `{"checkpoints": [`)
	writeText(t, filepath.Join(dir, "elsewhere.json"), `{"checkpoints": [{"step": 1, "values": {"couplings": [{"name": "stolen"}]}}]}`)
	must(t, os.Symlink(filepath.Join(dir, "elsewhere.json"), filepath.Join(run, "analysis", "weights.json")))
	r := load(t, dir).Runs[0]
	if len(r.Analyses) > 0 || len(r.Notes) != 2 || !strings.Contains(r.Notes[0], "analysis/cka.json") || !strings.Contains(r.Notes[1], "analysis/weights.json") {
		t.Errorf("panels %v, notes %q", r.Analyses, r.Notes)
	}
}
