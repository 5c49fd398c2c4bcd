// SPDX-License-Identifier: Apache-2.0

package study

import (
	"math"

	"revgn/internal/report"
)

// lengths draws losses over the rate times the epochs, and what gradient descent in the logits comes to.
func (d *drawing) lengths(p plot, panel *report.Panel) error {
	panel.About = "Loss over the whole training part over the learning rate times the epochs (a step each, on the full batch). Dashed: gradient descent in the logits, which exact steps are on the full batch, with short steps, from logits that are all alike."
	panel.Lines = &report.Lines{X: "rate × epochs", Y: "loss", LogX: true, LogY: true, Styled: true}
	if err := d.drawLines(p, panel.Lines); err != nil {
		return err
	}
	classes, err := d.classes(p)
	if err == nil && classes > 1 && len(panel.Lines.Curves) > 0 {
		panel.Lines.Curves = append(panel.Lines.Curves, logitFlow(classes, panel.Lines.Curves))
	}
	return err
}

// byRate are curves over the rate times what they are over; those that have none are left out.
func (a *arm) byRate(lines []report.Line) []report.Line {
	rate := positive(a, "lr")
	var list []report.Line
	for _, l := range lines {
		x := make([]float64, len(l.X))
		for i := range x {
			x[i] = rate * l.X[i]
		}
		if l.X = x; rate > 0 && finite(x[len(x)-1]) {
			list = append(list, l)
		}
	}
	return list
}

// classes is the number of classes of the runs of a figure, 0 where none of them says it.
func (d *drawing) classes(p plot) (int, error) {
	for _, name := range p.arms {
		a, err := d.runs.arm(d.ctx, cell{d.task, p.setting, name})
		if err != nil {
			return 0, err
		}
		if a != nil && a.Runs[0].Manifest != nil {
			return a.Runs[0].Manifest.Classes, nil
		}
	}
	return 0, nil
}

// logitFlow is the loss of gradient flow in the logits from all of them alike, over as long as the curves are: with d the lead of the right class over the
// others, e^d + (K - 1) d = 1 + K t, and the loss is log(1 + (K - 1) e^-d).
func logitFlow(classes int, curves []report.Line) report.Line {
	const dashed, points = 6, 60
	lo, hi := math.Inf(1), 0.
	for _, c := range curves {
		for _, x := range c.X {
			if x > 0 {
				lo, hi = min(lo, x), max(hi, x)
			}
		}
	}
	line := report.Line{Label: "gradient descent in the logits", Style: dashed, Thin: true}
	others := float64(classes - 1)
	for i := range points {
		t := lo * math.Pow(hi/lo, float64(i)/(points-1))
		line.X = append(line.X, t)
		line.Y = append(line.Y, math.Log1p(others*math.Exp(-leadAfter(others, t))))
	}
	return line
}

// leadAfter solves e^d + (K - 1) d = 1 + K t by bisection: the left side ascends.
func leadAfter(others, t float64) float64 {
	target := 1 + (others+1)*t
	lo, hi := 0., math.Log1p(target)
	for range 100 {
		mid := (lo + hi) / 2
		if math.Exp(mid)+others*mid > target {
			hi = mid
		} else {
			lo = mid
		}
	}
	return lo
}
