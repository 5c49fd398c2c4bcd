// SPDX-License-Identifier: Apache-2.0

package study

import (
	"slices"

	"revgn/internal/claims"
	"revgn/internal/report"
)

// overview is a line a claim, with the verdict of each variation on each task.
func overview(v claims.Verdicts) report.Table {
	t := report.Table{ID: "overview", Caption: "All claims at a glance", Columns: []string{"claim", "statement"}}
	rows := map[string]int{}
	for i, one := range v.Verdicts {
		name := string(one.Variation) + ", " + one.Task
		column := slices.Index(t.Columns[2:], name) + 2
		if column < 2 {
			column = len(t.Columns)
			t.Columns = append(t.Columns, name)
		}
		at, ok := rows[one.Claim]
		if !ok {
			at = len(t.Rows)
			rows[one.Claim] = at
			t.Rows = append(t.Rows, []report.Cell{report.Word(one.Claim), report.Word(one.Statement)})
		}
		for len(t.Rows[at]) <= column {
			t.Rows[at] = append(t.Rows[at], report.Cell{})
		}
		cell := outcomeCell(one.Verdict)
		cell.Link = "#" + anchor(i)
		t.Rows[at][column] = cell
	}
	for i := range t.Rows {
		for len(t.Rows[i]) < len(t.Columns) {
			t.Rows[i] = append(t.Rows[i], report.Cell{})
		}
	}
	return t
}
