// SPDX-License-Identifier: Apache-2.0

package report

import (
	"image/color"
	"math"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// intervals are points of a curve with what its interval reaches below and above them.
type intervals struct {
	plotter.XYs
	plotter.YErrors
}

// errorBars are the intervals of single points.
func (s still) errorBars(c curve) *plotter.YErrorBars {
	var list intervals
	for i := range c.lo {
		if math.IsNaN(c.lo[i]) || math.IsNaN(c.hi[i]) || s.logX && c.x[i] <= 0 || s.logY && c.y[i] <= 0 {
			continue
		}
		lo := c.lo[i]
		if s.logY {
			lo = max(lo, c.y[i]/10)
		}
		list.XYs = append(list.XYs, plotter.XY{X: c.x[i], Y: c.y[i]})
		list.YErrors = append(list.YErrors, struct{ Low, High float64 }{c.y[i] - lo, c.hi[i] - c.y[i]})
	}
	style := lineStyle(c.style)
	style.Dashes = nil
	return &plotter.YErrorBars{XYs: list.XYs, YErrors: list.YErrors, LineStyle: style, CapWidth: vg.Points(5)}
}

// band is the area between lo and hi; on a logarithmic axis, which knows no zero, its lower edge is at least a tenth of the mean.
func (s still) band(c curve) *plotter.Polygon {
	if c.lo == nil {
		return nil
	}
	var ring plotter.XYs
	for i := range c.x {
		ring = append(ring, plotter.XY{X: c.x[i], Y: c.hi[i]})
	}
	for i := len(c.x) - 1; i >= 0; i-- {
		lo := c.lo[i]
		if s.logY {
			lo = max(lo, c.y[i]/10)
		}
		ring = append(ring, plotter.XY{X: c.x[i], Y: lo})
	}
	for _, p := range ring {
		if math.IsNaN(p.Y) || s.logY && p.Y <= 0 || s.logX && p.X <= 0 {
			return nil
		}
	}
	polygon, err := plotter.NewPolygon(ring)
	if err != nil {
		return nil
	}
	tint := lineStyle(c.style).Color.(color.RGBA)
	polygon.Color = color.NRGBA{tint.R, tint.G, tint.B, 48}
	polygon.LineStyle.Width = 0
	return polygon
}
