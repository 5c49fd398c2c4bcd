// SPDX-License-Identifier: Apache-2.0

package report

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// madeUpWay is a way to step in analysis/batches.json, on four batches, whose step lowers its own batch's loss by gain.
func madeUpWay(name string, lr, gain float64) string {
	change := func(loss, part float64) string {
		return fmt.Sprintf(`{"loss": %g, "predicted": {"mean": %g, "se": 0.01}, "actual": {"mean": %g, "se": 0.02}}`, loss, -1.1*part*gain, -part*gain)
	}
	var curve, a []string
	for _, s := range []float64{0.5, 1, 2} {
		curve = append(curve, fmt.Sprintf(`{"multiple": %g, "predicted": {"mean": %g, "se": 0}, "own": {"mean": %g, "se": 0.02}, "heldout": {"mean": %g, "se": null}, "linearisation": {"mean": %g, "se": 0.001}}`,
			s, -1.1*s*gain, -s*gain, -s*gain/2, 0.1*s))
	}
	for i := range 4 {
		row := []string{"-0.1", "-0.1", "-0.1", "-0.1"}
		row[i] = fmt.Sprint(-gain)
		a = append(a, "["+strings.Join(row, ", ")+"]")
	}
	return fmt.Sprintf(`{"name": %q, "state": "none", "lr": %g, "steps": 4, "made": 4, "exact": 3, "step_norm": {"mean": 2, "se": 0.1}, "own": %s, "heldout": %s, "heldout_samples_se": 0.05,
		"after": {"mean": -0.2, "se": 0.01}, "off_diagonal": {"mean": -0.1, "se": 0}, "overfit_ratio": {"mean": 0.5, "se": 0.1}, "slope_ratio": {"mean": 0.75, "se": 0.1}, "curve": [%s], "a": [%s]}`,
		name, lr, change(2, 1), change(2.2, 0.5), strings.Join(curve, ", "), strings.Join(a, ", "))
}

// writeBatches leaves analysis/batches.json: at the start gn and adam, later adam at two rates.
func writeBatches(t *testing.T, run string) {
	t.Helper()
	checkpoint := func(step int, ways ...string) string {
		return fmt.Sprintf(`{"step": %d, "values": {"batch_size": 50, "methods": [%s]}, "warnings": ["step %d: 7 samples stand in more than one batch"]}`, step, strings.Join(ways, ", "), step)
	}
	writeText(t, filepath.Join(run, "analysis", "batches.json"), fmt.Sprintf(`{"checkpoints": [%s, %s]}`,
		checkpoint(0, madeUpWay("gn split", 1, 1.5), madeUpWay("adam", 0.001, 0.25)),
		checkpoint(60, madeUpWay("adam", 0.001, 0.5), madeUpWay("adam", 0.01, 1))))
}

// batchesPage is the content of a run with writeBatches.
func batchesPage(t *testing.T) *Content {
	t.Helper()
	dir := t.TempDir()
	run := filepath.Join(dir, "run")
	madeUp{optimizer: "gn", lr: "1", seed: 1, steps: 4}.write(t, run)
	writeBatches(t, run)
	c := load(t, dir)
	if len(c.Runs[0].Notes) > 0 {
		t.Errorf("notes %q", c.Runs[0].Notes)
	}
	return c
}

// Ways to step keep their colours, ratios have intervals of Student's t over batches, and what was predicted goes with what was.
func TestBatchesPanels(t *testing.T) {
	c := batchesPage(t)
	curves := func(title string) []Line { return panelOf(t, c, title).Lines.Curves }
	over := curves("overfit ratio")
	labels := []string{over[0].Label, over[1].Label, over[2].Label}
	if !slices.Equal(labels, []string{"gn split", "adam, lr 0.001, state none", "adam, lr 0.01, state none"}) || !slices.Equal(over[1].X, []float64{0, 60}) {
		t.Errorf("ways %q, of adam at %v", labels, over[1].X)
	}
	if want := 0.5 + 3.182446305*0.1; math.Abs(over[0].Hi[0]-want) > 1e-8 { // t of 3 degrees of freedom
		t.Errorf("the interval of a ratio reaches to %v, want %v", over[0].Hi[0], want)
	}
	own := curves("loss of the own batch along a step, step 60")
	if len(own) != 4 || own[3].Label != "adam, lr 0.01, state none, predicted" || own[3].Style != own[1].Style || own[1].Style != 2 || own[3].Y[2] != -2.2 || own[1].Y[2] != -2 {
		t.Errorf("the own batch along a step: %+v", own)
	}
	if held := curves("held-out loss along a step"); held[0].Y[1] != -0.25 || !math.IsNaN(held[0].Lo[1]) {
		t.Errorf("held out along a step: %+v", held)
	}
	if h := panelOf(t, c, "adam, lr 0.01, state none, what the step on one batch does").Heat; h.Values[1][1] != -1 || h.Values[1][2] != -0.1 || h.Lo != -1 {
		t.Errorf("steps by batches: %+v", h)
	}
	if p := panelOf(t, c, "loss of the own batch along"); !strings.Contains(p.Note, "step 60: 7 samples") {
		t.Errorf("the warning of the checkpoint is lost: %q", p.Note)
	}
}

// The page has the newest checkpoint with ±, the file all of them with ends of intervals.
func TestBatchesTables(t *testing.T) {
	c := batchesPage(t)
	page, file := c.batchesTable(), c.batchesFile()
	if len(page.Rows) != 2 || len(file.Rows) != 4 {
		t.Fatalf("%d lines on the page and %d in the file, want 2 and 4", len(page.Rows), len(file.Rows))
	}
	cell := func(table Table, row int, column string) Cell {
		i := slices.Index(table.Columns, column)
		if i < 0 || len(table.Rows[row]) != len(table.Columns) {
			t.Fatalf("no column %q among %q, or a row of %d cells", column, table.Columns, len(table.Rows[row]))
		}
		return table.Rows[row][i]
	}
	if got := cell(page, 1, "overfit ratio"); got.Number != 0.5 || got.Half != "0.3182" {
		t.Errorf("overfit ratio on the page: %+v", got)
	}
	if got := cell(file, 0, "own batch, from"); math.Abs(got.Number-(-1.5-3.182446305*0.02)) > 1e-8 {
		t.Errorf("lower end in the file: %+v", got)
	}
	for column, want := range map[string]float64{"lr": 0.001, "exact": 3, "linearisation error": 0.1, "batch after": -0.2, "held out": -0.25, "held-out sampling error": 0.05} {
		if got := cell(page, 0, column).Number; got != want {
			t.Errorf("%s: %v, want %v", column, got, want)
		}
	}
	if got := cell(page, 0, "batch before"); got.IsNum || got.Text != "" {
		t.Errorf("a number that is not there: %+v", got)
	}
}

// Of many batches the first are shown, and a row that is too short has no numbers at its end.
func TestBatchesMatrixBounds(t *testing.T) {
	m := batchesMethod{Steps: 60, Made: 59}
	for range 60 {
		m.A = append(m.A, nil)
	}
	h := m.heat()
	if len(h.Rows) != maxBatches || !math.IsNaN(h.Values[0][0]) || h.Lo != 0 || h.Hi != 1 {
		t.Errorf("%d rows, %v from %v to %v", len(h.Rows), h.Values[0][0], h.Lo, h.Hi)
	}
	for _, want := range []string{"first 48 of 60", "59 of 60 steps"} {
		if !strings.Contains(m.aboutHeat(), want) {
			t.Errorf("%q does not say %q", m.aboutHeat(), want)
		}
	}
}
