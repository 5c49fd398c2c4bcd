// SPDX-License-Identifier: Apache-2.0

package study

import (
	"context"
	"fmt"
	"strings"

	"revgn/internal/claims"
	"revgn/internal/report"
)

// shown is a subject with the figures that there are runs for.
type shown struct {
	subject
	panels []report.Panel
}

// drawing makes the figures of a task.
type drawing struct {
	ctx    context.Context
	runs   *library
	task   string
	seeds  int // that a verdict wants
	tuning []claims.Tuned
	notes  []string // of the figure that is being made: what is not as it should be
}

// panels are the figures of all tasks, subject by subject.
func panels(ctx context.Context, runs *library, v claims.Verdicts) ([]shown, error) {
	var list []shown
	for _, s := range subjects() {
		group := shown{subject: s}
		for _, p := range s.plots {
			for _, task := range tasks(v) {
				d := drawing{ctx: ctx, runs: runs, task: task, seeds: claims.LeastSeeds, tuning: v.Tuning}
				panel, err := d.panel(p)
				if err != nil {
					return nil, err
				}
				if panel.Lines != nil {
					group.panels = append(group.panels, panel)
				}
			}
		}
		if len(group.panels) > 0 {
			list = append(list, group)
		}
	}
	return list, nil
}

// tasks are those of a file that can name a file.
func tasks(v claims.Verdicts) []string {
	var names []string
	for _, t := range v.Tasks {
		if isFileName(t.Name) {
			names = append(names, t.Name)
		}
	}
	return names
}

// isFileName tells whether text is fit for names of files and anchors: verdicts.json may come from anyone.
func isFileName(s string) bool {
	plain := func(r rune) bool { return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' }
	return s != "" && len(s) <= 40 && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0
}

// panel draws a figure; its Lines are nil where there is nothing to draw.
func (d *drawing) panel(p plot) (report.Panel, error) {
	panel := report.Panel{ID: d.task + "-" + p.id, Title: d.task + ": " + p.title}
	var err error
	switch p.kind {
	case overBlocks:
		err = d.blocks(p, &panel)
	case overRates:
		d.rates(p, &panel)
	case overLoads, overShares:
		err = d.gaps(p, &panel)
	default:
		err = d.curves(p, &panel)
	}
	if panel.Lines != nil && len(panel.Lines.Curves) == 0 {
		panel.Lines = nil
	}
	panel.About = strings.TrimSpace(panel.About + " " + strings.Join(d.notes, " "))
	return panel, err
}

// curves draws a quantity by step or epoch.
func (d *drawing) curves(p plot, panel *report.Panel) error {
	q, ok := report.FindQuantity(p.quantity)
	if !ok {
		return fmt.Errorf("figure %s: there is no quantity %q", p.id, p.quantity)
	}
	panel.About = q.About
	panel.Lines = &report.Lines{X: "step", Y: q.Y, LogY: p.log, Styled: true}
	if p.kind == byEpochs {
		panel.Lines.X = "epoch"
	}
	style := styles(p.arms)
	for _, name := range p.arms {
		a, err := d.runs.arm(d.ctx, cell{d.task, p.setting, name})
		if err != nil {
			return err
		}
		if a == nil {
			continue
		}
		lines := a.lines(p)
		for _, l := range lines {
			l.Style = style[name]
			panel.Lines.Curves = append(panel.Lines.Curves, l)
		}
		if len(lines) > 0 {
			d.noteRuns(a, p.quantity)
		}
	}
	return nil
}

// lines are an arm's curve: the mean, or where there is none the runs themselves.
func (a *arm) lines(p plot) []report.Line {
	if b := a.Bands[p.quantity]; b != nil {
		return []report.Line{{Label: a.Label, X: p.along(b.Step, a.Clock), Y: b.Mean, Lo: b.Lo, Hi: b.Hi}}
	}
	var lines []report.Line
	for _, r := range a.Runs {
		if t := r.Traces[p.quantity]; t != nil {
			lines = append(lines, report.Line{Label: a.Label, X: p.along(t.Step, r.Clock), Y: t.Y})
		}
	}
	return lines
}

// along are steps as the figure's axis has them.
func (p plot) along(steps []float64, clock report.Clock) []float64 {
	if p.kind != byEpochs {
		return steps
	}
	epochs := make([]float64, len(steps))
	for i, s := range steps {
		epochs[i], _ = clock.At(s)
	}
	return epochs
}

// noteRuns says what is not as it should be with an arm's runs.
func (d *drawing) noteRuns(a *arm, quantity string) {
	if len(a.Runs) < d.seeds {
		d.note("%s: %s of %d seeds.", a.Label, report.Plural(len(a.Runs), "run"), d.seeds)
	}
	for i, r := range a.Runs {
		if !ended(r) {
			d.note("%s: the run of seed %d is %s; no mean goes beyond its last step.", a.Label, a.seeds[i], r.Status())
		}
		if t := r.Traces[quantity]; t != nil && t.Lost > 0 {
			d.note("%s: %s of seed %d not finite and not drawn.", a.Label, report.Plural(t.Lost, "value"), a.seeds[i])
		}
	}
}

func (d *drawing) note(format string, args ...any) {
	d.notes = append(d.notes, fmt.Sprintf(format, args...))
}
