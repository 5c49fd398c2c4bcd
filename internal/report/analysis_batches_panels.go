// SPDX-License-Identifier: Apache-2.0

package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"revgn/internal/record"
)

// maxBatches is how many batches the matrix of a way to step is shown of.
const maxBatches = 48

// batchesPanels are the two ratios over time, and at the newest checkpoint what steps of several lengths do, and the change of every batch by every step.
func batchesPanels(rows []record.Measured[batchesRow]) []Panel {
	ways := waysOf(rows)
	if len(ways) == 0 {
		return nil
	}
	var panels []Panel
	if len(rows) > 1 {
		panels = append(panels, ways.overTime("overfit ratio of a step over time", rows, func(m *batchesMethod) batchesEstimate { return m.Overfit },
			"Gain on held-out samples over the gain on the step's own batch. 1: unseen samples gain as much; 0: nothing; below 0: they are harmed. It also depends on how long steps are."))
		panels = append(panels, ways.overTime("slope ratio of a step over time", rows, func(m *batchesMethod) batchesEstimate { return m.Slope },
			"The overfit ratio of steps of length 0, by direction alone: compare optimizers by this one, whatever their rates."))
	}
	newest := rows[len(rows)-1]
	lengths := ways.lengths(newest)
	if len(lengths) > 0 {
		lengths[0].Note = warningsOf(newest.Warnings)
	}
	panels = append(panels, lengths...)
	for i := range newest.Values.Methods {
		m := &newest.Values.Methods[i]
		if h := m.heat(); h != nil {
			panels = append(panels, Panel{Title: fmt.Sprintf("%s, what the step on one batch does to others, step %d", ways.label(m.key()), newest.Step), Heat: h, About: m.aboutHeat()})
		}
	}
	return panels
}

// warningsOf is what limits the numbers of a checkpoint, in sentences.
func warningsOf(warnings []string) string {
	if len(warnings) == 0 {
		return ""
	}
	return strings.Join(warnings, ". ") + "."
}

// overTime is a ratio of each way at every checkpoint.
func (w batchesWays) overTime(title string, rows []record.Measured[batchesRow], value func(*batchesMethod) batchesEstimate, about string) Panel {
	l := w.lines("step", "ratio")
	for _, row := range rows {
		for i := range row.Values.Methods {
			m := &row.Values.Methods[i]
			l.Curves[w.place(m.key())].addEstimate(float64(row.Step), value(m), m.Steps)
		}
	}
	return Panel{Title: title, Lines: l, About: about + aboutBars}
}

const aboutBars = " Bars are 95 % intervals over batches, not seeds."

// lines are a curve for each way, without points.
func (w batchesWays) lines(x, y string) *Lines {
	l := &Lines{X: x, Y: y, Styled: true}
	for i, k := range w {
		l.Curves = append(l.Curves, Line{Label: w.label(k), Style: i, Bars: true})
	}
	return l
}

// lengths are what multiples of a checkpoint's steps do.
func (w batchesWays) lengths(row record.Measured[batchesRow]) []Panel {
	own, unseen, nonlinear := w.lines(multipleAxis, changeAxis), w.lines(multipleAxis, changeAxis), w.lines(multipleAxis, "relative error")
	nonlinear.LogY = true
	for _, l := range []*Lines{own, unseen, nonlinear} { // multiples lie by factors apart
		l.LogX, l.Ticks = true, multiplesOf(row.Values.Methods)
	}
	for i := range row.Values.Methods {
		m := &row.Values.Methods[i]
		at := w.place(m.key())
		predicted := Line{Label: own.Curves[at].Label + ", predicted", Style: at, Thin: true}
		for _, p := range m.Curve {
			own.Curves[at].addEstimate(p.Multiple, p.Own, m.Made)
			predicted.add(p.Multiple, float64(p.Predicted.Mean))
			unseen.Curves[at].addEstimate(p.Multiple, p.Heldout, m.Made)
			nonlinear.Curves[at].addEstimate(p.Multiple, p.Linearisation, m.Made)
		}
		own.Curves = append(own.Curves, predicted)
	}
	list := []Panel{
		{Title: fmt.Sprintf("loss of the own batch along a step, step %d", row.Step), Lines: own,
			About: "Change of the mean loss, below 0 where it falls, by steps of several lengths; thin: what the quadratic model predicts. 1 is the step as it is made. Where a curve leaves its thin one, the step is too long for the model behind it." + aboutBars},
		{Title: fmt.Sprintf("held-out loss along a step, step %d", row.Step), Lines: unseen,
			About: "The same on samples that no step sees. Lowest before 1: a shorter step serves them better." + aboutBars + " The choice of the held-out samples has an error of its own, in the table."},
		{Title: fmt.Sprintf("linearisation error along a step, step %d", row.Step), Lines: nonlinear,
			About: "‖f(θ-sd) - f(θ) + sJd‖/‖sJd‖ on the own batch. In proportion to s where the network is smooth; above 1 the linear model says nothing of the step." + aboutBars},
	}
	return drawnOf(list)
}

const (
	multipleAxis = "multiple of the step"
	changeAxis   = "change of the loss"
)

// multiplesOf are the lengths that are measured, none where an axis has no room to name them.
func multiplesOf(methods []batchesMethod) []float64 {
	const most = 12
	if len(methods) == 0 || len(methods[0].Curve) > most {
		return nil
	}
	var multiples []float64
	for _, p := range methods[0].Curve {
		multiples = append(multiples, p.Multiple)
	}
	return multiples
}

// drawnOf leaves out curves without a point, and panels without a curve.
func drawnOf(panels []Panel) []Panel {
	var list []Panel
	for _, p := range panels {
		p.Lines.Curves = slices.DeleteFunc(p.Lines.Curves, func(c Line) bool { return len(c.X) == 0 })
		if len(p.Lines.Curves) > 0 {
			list = append(list, p)
		}
	}
	return list
}

// heat is the change of batch j's loss by the step on batch i, of the first maxBatches; nil where there is none.
func (m *batchesMethod) heat() *Heat {
	n := min(len(m.A), maxBatches)
	if n == 0 {
		return nil
	}
	h := &Heat{RowTitle: "step on batch", ColTitle: "loss of batch"}
	for i := range n {
		values := blanks(n)
		for j := range min(n, len(m.A[i])) {
			values[j] = float64(m.A[i][j])
		}
		h.Rows, h.Values = append(h.Rows, strconv.Itoa(i)), append(h.Values, values)
	}
	h.Cols = h.Rows
	h.Lo, h.Hi = bounds(h.Values)
	return h
}

func (m *batchesMethod) aboutHeat() string {
	s := "Change of the mean loss, darker where it falls more; batch 0 comes next. Dark on the diagonal alone: a step serves its own batch and no other. An even row: all batches gain alike."
	if n := len(m.A); n > maxBatches {
		s += fmt.Sprintf(" The first %d of %d batches.", maxBatches, n)
	}
	if m.Made < m.Steps {
		s += fmt.Sprintf(" %d of %d steps were made: the others count as no change.", m.Made, m.Steps)
	}
	return s
}
