// SPDX-License-Identifier: Apache-2.0

package report

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// maxLegend is how many curves a still figure names: more would cover it.
const maxLegend = 14

// curve is a line of a still figure, with a band where lo is not nil.
type curve struct {
	label     string
	x, y      []float64
	lo, hi    []float64
	bars      bool // lo and hi are drawn as bars
	thin      bool
	style     int  // index of colour and dash
	continued bool // another line of the same style is named already
}

// still is a figure as a file: what the page shows at first, by step.
type still struct {
	title, x, y string
	logX, logY  bool
	ticks       []float64 // of x
	curves      []curve
}

// quantityStill is a quantity's figure: means where there are some, single runs elsewhere.
func (c *Content) quantityStill(q Quantity) still {
	s := still{title: q.Title, x: "step", y: q.Y, logY: c.logarithmic(q)}
	for i, g := range c.Groups {
		if b := g.Bands[q.ID]; b != nil {
			s.curves = append(s.curves, curve{label: g.Label, x: b.Step, y: b.Mean, lo: b.Lo, hi: b.Hi, style: i})
			continue
		}
		named := false
		for _, r := range g.Runs {
			if t := r.Traces[q.ID]; t != nil {
				s.curves = append(s.curves, curve{label: g.Label, x: t.Step, y: t.Y, style: i, continued: named})
				named = true
			}
		}
	}
	return s
}

// couplingStill is a figure of one run's couplings.
func couplingStill(r *Run, index int, q couplingQuantity) still {
	s := still{title: r.Name + ": " + q.Title, x: "step", y: q.Y, logY: q.Log == logarithmic}
	for i, k := range r.Couplings {
		s.curves = append(s.curves, curve{label: k.Name, x: k.Traces[index].Step, y: k.Traces[index].Y, style: i})
	}
	return s
}

func linesStill(p Panel) still {
	s := still{title: p.Title, x: p.Lines.X, y: p.Lines.Y, logX: p.Lines.LogX, logY: p.Lines.LogY, ticks: p.Lines.Ticks}
	named := map[string]bool{}
	for i, c := range p.Lines.Curves {
		s.curves = append(s.curves, curve{label: c.Label, x: c.X, y: c.Y, lo: c.Lo, hi: c.Hi, bars: c.Bars, thin: c.Thin, style: p.Lines.style(i), continued: named[c.Label]})
		named[c.Label] = true
	}
	return s
}

// plot draws the figure.
func (s still) plot() *plot.Plot {
	p := newPlot(s.title, s.x, s.y)
	scaled(&p.X, s.logX)
	scaled(&p.Y, s.logY)
	named, drawn := 0, 0
	for _, c := range s.curves {
		points := s.points(c.x, c.y)
		if len(points) == 0 {
			continue
		}
		drawn++
		if c.bars {
			p.Add(s.errorBars(c))
		} else if band := s.band(c); band != nil {
			p.Add(band)
		}
		line := &plotter.Line{XYs: points}
		line.LineStyle = lineStyle(c.style)
		if c.thin {
			line.Width /= 2
		}
		p.Add(line)
		if len(points) <= 40 && !c.thin {
			dots := &plotter.Scatter{XYs: points}
			dots.GlyphStyle.Color, dots.GlyphStyle.Radius, dots.GlyphStyle.Shape = line.Color, vg.Points(2), glyph(c.style)
			p.Add(dots)
		}
		if !c.continued && named < maxLegend {
			named++
			p.Legend.Add(clipped(c.label), line)
		}
	}
	if drawn == 0 {
		p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = emptyRange(s.logX, s.logY)
	}
	widen(&p.X, s.logX)
	widen(&p.Y, s.logY)
	if s.ticks != nil {
		p.X.Tick.Marker = valueTicks(s.ticks)
	}
	return p
}

// points are those that the axes can show.
func (s still) points(x, y []float64) plotter.XYs {
	var list plotter.XYs
	for i := range x {
		if math.IsNaN(y[i]) || s.logX && x[i] <= 0 || s.logY && y[i] <= 0 {
			continue
		}
		list = append(list, plotter.XY{X: x[i], Y: y[i]})
	}
	return list
}
