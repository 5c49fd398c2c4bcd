// SPDX-License-Identifier: Apache-2.0

package report

import (
	"math"

	"revgn/internal/record"
)

// analysisTables are those of analyses as people read them; one that would be empty is left out.
func (c *Content) analysisTables() []Table { return filled(c.batchesTable()) }

// analysisFiles are the same with all checkpoints, and intervals in columns of their own.
func (c *Content) analysisFiles() []Table { return filled(c.batchesFile()) }

func filled(t Table) []Table {
	if len(t.Rows) == 0 {
		return nil
	}
	return []Table{t}
}

// batchesColumn is a mean over batches of a way to step.
type batchesColumn struct {
	name string
	of   func(*batchesMethod) batchesEstimate
}

func batchesColumns() []batchesColumn {
	return []batchesColumn{
		{"own batch predicted", func(m *batchesMethod) batchesEstimate { return m.Own.Predicted }},
		{"own batch", func(m *batchesMethod) batchesEstimate { return m.Own.Actual }},
		{"other batches", func(m *batchesMethod) batchesEstimate { return m.Others }},
		{"held out", func(m *batchesMethod) batchesEstimate { return m.Heldout.Actual }},
		{"batch before", func(m *batchesMethod) batchesEstimate { return orNone(m.Before) }},
		{"batch after", func(m *batchesMethod) batchesEstimate { return orNone(m.After) }},
		{"overfit ratio", func(m *batchesMethod) batchesEstimate { return m.Overfit }},
		{"slope ratio", func(m *batchesMethod) batchesEstimate { return m.Slope }},
		{"linearisation error", (*batchesMethod).linearisation},
		{"norm of the step", func(m *batchesMethod) batchesEstimate { return m.StepNorm }},
	}
}

func orNone(e *batchesEstimate) batchesEstimate {
	if e == nil {
		return batchesEstimate{record.Number(math.NaN()), record.Number(math.NaN())}
	}
	return *e
}

// linearisation is the error of the step as it is made.
func (m *batchesMethod) linearisation() batchesEstimate {
	for _, p := range m.Curve {
		if p.Multiple == 1 {
			return p.Linearisation
		}
	}
	return orNone(nil)
}

// batchesTable is a line for each way to step at the newest checkpoint of every run.
func (c *Content) batchesTable() Table {
	t := emptyBatches("Steps on batches, from the same weights of each run's newest checkpoint: changes of the mean loss, below 0 where it falls; mean ± half of the 95 % interval over batches (Student's t)")
	t.addBatchesColumns(func(name string) []string { return []string{name} })
	for _, r := range c.Runs {
		if n := len(r.Batches); n > 0 {
			t.addWays(r, r.Batches[n-1], func(mean, half float64) []Cell { return []Cell{meanCell(mean, half)} })
		}
	}
	return t
}

// batchesFile is a line for each way to step at each checkpoint, with intervals in columns of their own.
func (c *Content) batchesFile() Table {
	t := emptyBatches("")
	t.addBatchesColumns(meanColumns)
	for _, r := range c.Runs {
		for _, row := range r.Batches {
			t.addWays(r, row, meanCells)
		}
	}
	return t
}

func emptyBatches(caption string) Table {
	return Table{ID: "batches", Caption: caption, Columns: []string{"run", "checkpoint", "method", "lr", "state"}}
}

// addBatchesColumns adds those of means, as names calls them, and then what they were had from.
func (t *Table) addBatchesColumns(names func(string) []string) {
	for _, column := range batchesColumns() {
		t.Columns = append(t.Columns, names(column.name)...)
	}
	t.Columns = append(t.Columns, "held-out sampling error", "own loss before", "held-out loss before", "steps", "made", "exact")
}

// addWays adds the lines of a checkpoint, means as cells shows them.
func (t *Table) addWays(r *Run, row record.Measured[batchesRow], cells func(mean, half float64) []Cell) {
	for i := range row.Values.Methods {
		m := &row.Values.Methods[i]
		line := []Cell{Word(r.Name), Num(float64(row.Step)), Word(m.Name), Num(float64(m.LR)), Word(m.State)}
		for _, column := range batchesColumns() {
			line = append(line, cells(column.of(m).interval(m.Steps))...)
		}
		t.Rows = append(t.Rows, append(line, Num(float64(m.HeldoutSE)), Num(float64(m.Own.Loss)), Num(float64(m.Heldout.Loss)), Num(float64(m.Steps)), Num(float64(m.Made)), optional(m.Exact)))
	}
}
