// SPDX-License-Identifier: Apache-2.0

package report

import (
	"math"

	"revgn/internal/record"
)

// groupScore is a number of a run's summary.
type groupScore struct {
	name string
	of   func(*record.Summary) record.Optional
}

func groupScores() []groupScore {
	return []groupScore{
		{"train loss", func(s *record.Summary) record.Optional { return s.Last.TrainLoss }},
		{"test loss", func(s *record.Summary) record.Optional { return s.Last.TestLoss }},
		{"test accuracy", func(s *record.Summary) record.Optional { return s.Last.TestAcc }},
		{"best test accuracy", func(s *record.Summary) record.Optional { return s.Best.TestAcc }},
		{"exact share", func(s *record.Summary) record.Optional { return s.Exact }},
	}
}

// groupsTable is a line a group: each score's mean and half the width of its interval.
func (c *Content) groupsTable() Table {
	t := c.emptyGroups("mean ± half of the 95 % interval")
	for _, s := range groupScores() {
		t.Columns = append(t.Columns, s.name)
	}
	for i, g := range c.Groups {
		for _, s := range groupScores() {
			t.Rows[i] = append(t.Rows[i], meanCell(meanOf(g, s)))
		}
	}
	return t
}

// groupsFile is the same with mean and interval in columns of their own.
func (c *Content) groupsFile() Table {
	t := c.emptyGroups("mean and 95 % interval")
	for _, s := range groupScores() {
		t.Columns = append(t.Columns, meanColumns(s.name)...)
	}
	for i, g := range c.Groups {
		for _, s := range groupScores() {
			t.Rows[i] = append(t.Rows[i], meanCells(meanOf(g, s))...)
		}
	}
	return t
}

func (c *Content) emptyGroups(what string) Table {
	t := Table{ID: "groups", Caption: "Groups of runs that differ in the seed alone: " + what + " (Student's t)", Columns: []string{"group", "runs"}}
	for _, g := range c.Groups {
		t.Rows = append(t.Rows, []Cell{Word(g.Label), Num(float64(len(g.Runs)))})
	}
	return t
}

// meanOf is a score's mean over a group and half the width of its interval: NaN where a run has no such score, and the latter for one run.
func meanOf(g *Group, s groupScore) (mean, half float64) {
	var values []float64
	for _, r := range g.Runs {
		if r.Summary == nil || !s.of(r.Summary).Set {
			return math.NaN(), math.NaN()
		}
		values = append(values, float64(s.of(r.Summary).Value))
	}
	return interval(values, tFactor(len(values)))
}

func meanCell(mean, half float64) Cell {
	c := Num(mean)
	if c.IsNum && !math.IsNaN(half) {
		c.Half = Figure(half)
	}
	return c
}

// meanColumns and meanCells are a mean and its interval in a file.
func meanColumns(name string) []string { return []string{name, name + ", from", name + ", to"} }

func meanCells(mean, half float64) []Cell {
	return []Cell{Num(mean), Num(mean - half), Num(mean + half)}
}
