// SPDX-License-Identifier: Apache-2.0

package report

import (
	"math"
	"strconv"

	"revgn/internal/record"
)

// Table is cells with a heading, the same on the page, in CSV and in LaTeX.
type Table struct {
	ID      string
	Caption string
	Columns []string
	Rows    [][]Cell
}

// Cell is text, or a number that the page shows short and a file whole.
type Cell struct {
	Text   string
	Number float64
	IsNum  bool
	Half   string // of an interval around the number, "" where there is none
	Class  string // on the page, "" for none
	Link   string // of the page, "" for none
}

// Word is a cell of text.
func Word(s string) Cell { return Cell{Text: s} }

// Num is a cell of a number, blank where there is none.
func Num(v float64) Cell {
	if math.IsNaN(v) {
		return Cell{}
	}
	return Cell{Text: Figure(v), Number: v, IsNum: true}
}

func optional(o record.Optional) Cell {
	if !o.Set {
		return Cell{}
	}
	return Num(float64(o.Value))
}

// option is a cell of an option: a number where it is one, so that tables sort by it.
func option(s string) Cell {
	if v, err := strconv.ParseFloat(s, 64); err == nil && !math.IsNaN(v) && !math.IsInf(v, 0) {
		return Cell{Text: s, Number: v, IsNum: true}
	}
	return Word(s)
}

// Exact is the cell's content for a file.
func (c Cell) Exact() string {
	if c.IsNum {
		return strconv.FormatFloat(c.Number, 'g', -1, 64)
	}
	return c.Text
}

// Tables are those of a report as people read them; one that would be empty is left out.
func (c *Content) Tables() []Table { return c.tables(c.groupsTable()) }

// fileTables are the same with means and intervals in columns of their own.
func (c *Content) fileTables() []Table { return c.tables(c.groupsFile()) }

func (c *Content) tables(groups Table) []Table {
	tables := []Table{c.runsTable(), groups}
	if len(c.Differing) > 0 {
		tables = append(tables, c.optionsTable())
	}
	return tables
}

// runsTable is a line a run: how it stands and what it reached.
func (c *Content) runsTable() Table {
	t := Table{ID: "runs", Caption: "Runs: how each stands and what it reached", Columns: []string{"run", "group", "status", "steps", "epoch",
		"train loss", "test loss", "test accuracy", "best test accuracy", "at step", "exact share", "worst certificate", "seconds a step", "seconds"}}
	for _, g := range c.Groups {
		for _, r := range g.Runs {
			t.Rows = append(t.Rows, runRow(g, r))
		}
	}
	return t
}

func runRow(g *Group, r *Run) []Cell {
	row := []Cell{Word(r.Name), Word(g.Label), Word(r.Status())}
	s := r.Summary
	if s == nil {
		return append(row, make([]Cell, 11)...)
	}
	perStep := Cell{}
	if s.Steps > 0 {
		perStep = Num(float64(s.StepSeconds) / float64(s.Steps))
	}
	best := Cell{}
	if s.Best.TestAcc.Set || s.Best.TestLoss.Set {
		best = Num(float64(s.Best.Step))
	}
	return append(row, Num(float64(s.Steps)), Num(s.Epoch), optional(s.Last.TrainLoss), optional(s.Last.TestLoss), optional(s.Last.TestAcc),
		optional(s.Best.TestAcc), best, optional(s.Exact), optional(s.WorstCert), perStep, Num(float64(s.Seconds)))
}

// optionsTable is a line a run with the options in which runs differ.
func (c *Content) optionsTable() Table {
	t := Table{ID: "options", Caption: "Options in which the runs differ", Columns: append([]string{"run"}, c.Differing...)}
	for _, r := range c.Runs {
		row := []Cell{Word(r.Name)}
		for _, name := range c.Differing {
			row = append(row, option(ValueOf(r.Options, name)))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
