// SPDX-License-Identifier: Apache-2.0

package report

import (
	"fmt"
	"math"

	"revgn/internal/number"
)

// Panel is a figure of an analysis: a heat map or lines.
type Panel struct {
	ID    string // unique among the panels of a report, of letters that a file name can hold
	Title string
	About string
	Note  string // what is not as it should be with what is shown, "" for nothing
	Heat  *Heat
	Lines *Lines
}

// Heat is a matrix with names of rows and columns.
type Heat struct {
	RowTitle, ColTitle string
	Rows, Cols         []string
	Values             [][]float64
	Lo, Hi             float64 // of the colours
}

// Lines are curves over a common axis.
type Lines struct {
	X, Y       string
	LogX, LogY bool
	Styled     bool      // the curves say which style they have; else it goes by their order
	Ticks      []float64 // where the horizontal axis is named; none: at round numbers
	Curves     []Line
}

// Line is one of them, with an interval around it where Lo is not nil.
type Line struct {
	Label  string
	X, Y   []float64
	Lo, Hi []float64
	Bars   bool // the intervals are those of single points, and no band lies between them
	Thin   bool
	Style  int // of colour and dash
}

// style is that of the i-th curve.
func (l *Lines) style(i int) int {
	if l.Styled {
		return l.Curves[i].Style
	}
	return i
}

// add appends a point where it is finite.
func (l *Line) add(x, y float64) {
	if !math.IsNaN(y) && !math.IsInf(y, 0) {
		l.X, l.Y = append(l.X, x), append(l.Y, y)
	}
}

// bounds are the least and the greatest finite value of a matrix, 0 and 1 where it has none.
func bounds(values [][]float64) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, row := range values {
		for _, v := range row {
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				lo, hi = min(lo, v), max(hi, v)
			}
		}
	}
	switch {
	case lo > hi:
		return 0, 1
	case lo == hi:
		return lo - 0.5, hi + 0.5
	}
	return lo, hi
}

// summary says in words what a panel shows.
func (p *Panel) summary() string {
	if h := p.Heat; h != nil {
		lo, hi := bounds(h.Values)
		s := fmt.Sprintf("%s (%s) by %s (%s), values from %s to %s.", number.Plural(len(h.Rows), "row"), h.RowTitle, number.Plural(len(h.Cols), "column"), h.ColTitle, Figure(lo), Figure(hi))
		r, c := least(h.Values)
		if r >= 0 {
			s += fmt.Sprintf(" Least at %s, %s.", h.Rows[r], h.Cols[c])
		}
		return s
	}
	s := number.Plural(len(p.Lines.Curves), "curve") + "."
	for i, c := range p.Lines.Curves {
		if i == maxNamed {
			return s + fmt.Sprintf(" And %d more.", len(p.Lines.Curves)-i)
		}
		if n := len(c.Y); n > 0 {
			s += fmt.Sprintf(" %s from %s to %s%s.", c.Label, Figure(c.Y[0]), Figure(c.Y[n-1]), c.ending())
		}
	}
	return s
}

// ending is the interval around the last point.
func (l Line) ending() string {
	n := len(l.Lo)
	if n == 0 || math.IsNaN(l.Lo[n-1]) {
		return ""
	}
	return fmt.Sprintf(" (95 %% interval %s to %s)", Figure(l.Lo[n-1]), Figure(l.Hi[n-1]))
}

func least(values [][]float64) (row, col int) {
	row, col = -1, -1
	best := math.Inf(1)
	for i, r := range values {
		for j, v := range r {
			if v < best {
				row, col, best = i, j, v
			}
		}
	}
	return row, col
}
