// SPDX-License-Identifier: Apache-2.0

package study

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"revgn/internal/claims"
	"revgn/internal/number"
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
	drawn  []string // its arms that there is something of
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
	case byLength:
		err = d.lengths(p, &panel)
	default:
		err = d.curves(p, &panel)
	}
	if err == nil && !p.worthwhile(d.drawn) {
		panel.Lines = nil
	}
	panel.Note = strings.Join(d.notes, " ")
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
	return d.drawLines(p, panel.Lines)
}

// drawLines draws the curves of all arms.
func (d *drawing) drawLines(p plot, into *report.Lines) error {
	style := styles(p.arms)
	return d.eachArm(p, func(_ int, name string, a *arm) {
		lines := a.lines(p)
		for _, l := range lines {
			l.Style = style[name]
			into.Curves = append(into.Curves, l)
		}
		if len(lines) > 0 {
			d.drawn = append(d.drawn, name)
			d.noteRuns(a, p.quantity)
		}
	})
}

// eachArm draws the arms of a figure that have runs, and notes those that have none.
func (d *drawing) eachArm(p plot, draw func(i int, name string, a *arm)) error {
	for i, name := range p.arms {
		a, err := d.runs.arm(d.ctx, cell{d.task, p.setting, name})
		if err != nil {
			return err
		}
		if a == nil {
			d.noteAbsent(p.setting, name)
			continue
		}
		draw(i, name, a)
	}
	return nil
}

// lines are an arm's curve: the mean, and where there is none, or it has ended, the runs themselves.
func (a *arm) lines(p plot) []report.Line {
	var lines []report.Line
	end := math.Inf(-1)
	if b := a.Bands[p.quantity]; b != nil {
		lines = []report.Line{{Label: a.name(), X: p.along(b.Step, a.Clock), Y: b.Mean, Lo: b.Lo, Hi: b.Hi}}
		end = b.Step[len(b.Step)-1]
	}
	for _, r := range a.Runs {
		t := r.Traces[p.quantity]
		if t == nil || t.Step[t.Len()-1] <= end {
			continue
		}
		from, _ := slices.BinarySearch(t.Step, end)
		lines = append(lines, report.Line{Label: a.name(), X: p.along(t.Step[from:], r.Clock), Y: t.Y[from:], Thin: true})
	}
	if p.kind == byLength {
		return a.byRate(lines)
	}
	return lines
}

// along are steps as the figure's axis has them.
func (p plot) along(steps []float64, clock report.Clock) []float64 {
	if p.kind != byEpochs && p.kind != byLength {
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
		d.note("%s: %s of %d seeds.", a.Label, number.Plural(len(a.Runs), "run"), d.seeds)
	}
	for i, r := range a.Runs {
		if !ended(r) {
			d.note("%s: the run of seed %d is %s; beyond its last step the others are drawn one by one.", a.Label, a.seeds[i], r.Status())
		}
		if t := r.Traces[quantity]; t != nil && t.Lost > 0 {
			d.note("%s: %s of seed %d not finite and not drawn.", a.Label, number.Plural(t.Lost, "value"), a.seeds[i])
		}
	}
}

// noteAbsent says that an arm is missing, unless no claim needs it in the setting.
func (d *drawing) noteAbsent(setting, arm string) {
	if slices.ContainsFunc(claims.Cells(claims.Claims()), func(c claims.Cell) bool { return c.Setting == setting && c.Arm == arm }) {
		d.note("There are no runs of %s.", label(arm))
	}
}

func (d *drawing) note(format string, args ...any) {
	d.notes = append(d.notes, fmt.Sprintf(format, args...))
}

// worthwhile tells whether a figure compares what it is there for: two arms or more, one of them its own where it has such.
func (p plot) worthwhile(drawn []string) bool {
	least := 2
	if p.kind == overRates {
		least = 1
	}
	common := []string{"split", "truncated", "released", "split-preset", "adam", "sgd", "adam-preset", "sgd-preset"}
	own := func(arm string) bool { return !slices.Contains(common, arm) }
	return len(drawn) >= least && (!slices.ContainsFunc(p.arms, own) || slices.ContainsFunc(drawn, own))
}
