// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"revgn/internal/sweep"
)

// table is rows of short texts; the first left columns, and the last, stand at the left, numbers at the right.
type table struct {
	head  []string
	rows  [][]string
	left  int
	below map[int]string // a line below a row
}

func (t table) print(w io.Writer) {
	widths := make([]int, len(t.head))
	for _, row := range append([][]string{t.head}, t.rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], len([]rune(cell)))
		}
	}
	line := func(row []string) {
		var cells []string
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-len([]rune(cell)))
			if i < t.left || i == len(row)-1 {
				cells = append(cells, cell+pad)
			} else {
				cells = append(cells, pad+cell)
			}
		}
		fmt.Fprintln(w, strings.TrimRight(strings.Join(cells, "  "), " "))
	}
	line(t.head)
	for i, row := range t.rows {
		line(row)
		if text := t.below[i]; text != "" {
			fmt.Fprintf(w, "    %s\n", text)
		}
	}
}

// printStates prints how runs stand, and of what their numbers are.
func printStates(w io.Writer, runs []sweep.Run, states []sweep.State) {
	stateTable(runs, states).print(w)
	if slices.ContainsFunc(states, func(s sweep.State) bool { return !math.IsNaN(s.Loss) }) {
		fmt.Fprintln(w, "loss is that of the last batch, test acc that of the last evaluation")
	}
}

// stateTable is the runs with what varies and how they stand.
func stateTable(runs []sweep.Run, states []sweep.State) table {
	var names []string
	for _, run := range runs {
		for _, s := range run.Varies {
			if !slices.Contains(names, s.Name) {
				names = append(names, s.Name)
			}
		}
	}
	t := table{head: append([]string{"run"}, names...), left: 1 + len(names), below: map[int]string{}}
	t.head = append(t.head, "step", "loss", "test acc", "status")
	for i, run := range runs {
		row := []string{run.ID}
		for _, name := range names {
			at := slices.IndexFunc(run.Varies, func(s sweep.Setting) bool { return s.Name == name })
			if at < 0 {
				row = append(row, "-")
				continue
			}
			row = append(row, sweep.Short(run.Varies[at].Value))
		}
		s := states[i]
		acc := ""
		if v := s.Summary.Last.TestAcc; v.Set {
			acc = fmt.Sprintf("%.4f", float64(v.Value))
		}
		t.rows = append(t.rows, append(row, stepsText(s), number4(s.Loss), acc, string(s.Status)))
		if s.Status == sweep.Failed || s.Status == sweep.Diverged {
			t.below[i] = brief(s.Message, 74)
		}
	}
	return t
}
