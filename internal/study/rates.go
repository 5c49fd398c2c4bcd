// SPDX-License-Identifier: Apache-2.0

package study

import (
	"slices"
	"strings"

	"revgn/internal/claims"
	"revgn/internal/report"
)

// rates draws the losses by which rates were chosen.
func (d *drawing) rates(p plot, panel *report.Panel) {
	panel.About = "Loss over the whole training part at the end, of seeds that no verdict uses: of one for each rate, of all of them (their geometric mean) where a rate was the best so far. The rate with the least is the arm's."
	panel.Lines = &report.Lines{X: "learning rate", Y: "loss", LogX: true, LogY: true, Styled: true}
	style := styles(p.arms)
	var lost, discarded, edges []string
	for _, name := range p.arms {
		at := slices.IndexFunc(d.tuning, func(t claims.Tuned) bool { return t.Task == d.task && t.Setting == p.setting && t.Arm == name })
		if at < 0 {
			continue
		}
		t := d.tuning[at]
		line, without := rateLine(t)
		line.Style = style[name]
		if len(line.X) > 0 {
			panel.Lines.Curves = append(panel.Lines.Curves, line)
			d.drawn = append(d.drawn, name)
		}
		if len(without) > 0 {
			lost = append(lost, line.Label+" at "+strings.Join(without, ", "))
		}
		if len(t.Discarded) > 0 {
			discarded = append(discarded, line.Label+" at "+ratesText(t.Discarded))
		}
		if t.Edge {
			edges = append(edges, line.Label)
		}
	}
	d.noteList("Diverged, or not EXACT though the arm is", lost)
	d.noteList("Discarded, because a judged run did so", discarded)
	d.noteList("Best at the edge of the grid", edges)
}

// rateLine is an arm's losses over its rates, and the rates without one.
func rateLine(t claims.Tuned) (line report.Line, without []string) {
	line.Label = label(t.Arm)
	for i, rate := range t.Rates {
		switch r := float64(rate); {
		case !(r > 0) || !finite(r):
		case i >= len(t.Losses) || !finite(float64(t.Losses[i])):
			without = append(without, report.Figure(r))
		default:
			line.X, line.Y = append(line.X, r), append(line.Y, float64(t.Losses[i]))
		}
	}
	return line, without
}

func (d *drawing) noteList(what string, list []string) {
	if len(list) > 0 {
		d.note("%s: %s.", what, strings.Join(list, "; "))
	}
}
