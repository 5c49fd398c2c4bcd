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
	style := styles(p.arms)
	classes := 0
	err := d.eachArm(p, func(_ int, name string, a *arm) {
		rate := positive(a, "lr")
		if rate == 0 {
			return
		}
		for _, l := range a.lines(p) {
			l.Style, l.X = style[name], scaledBy(rate, l.X)
			if !finite(l.X[len(l.X)-1]) {
				continue
			}
			panel.Lines.Curves = append(panel.Lines.Curves, l)
			d.drawn = append(d.drawn, name)
		}
		if m := a.Runs[0].Manifest; m != nil && m.Classes > 1 {
			classes = m.Classes
		}
		d.noteRuns(a, p.quantity)
	})
	if classes > 0 && len(panel.Lines.Curves) > 0 {
		panel.Lines.Curves = append(panel.Lines.Curves, logitFlow(classes, panel.Lines.Curves))
	}
	return err
}

func scaledBy(rate float64, x []float64) []float64 {
	scaled := make([]float64, len(x))
	for i := range x {
		scaled[i] = rate * x[i]
	}
	return scaled
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
