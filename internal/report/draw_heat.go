// SPDX-License-Identifier: Apache-2.0

package report

import (
	"fmt"
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
)

// heatGrid is a heat map as gonum/plot wants it: the first row is the lowest.
type heatGrid struct{ h *Heat }

func (g heatGrid) Dims() (c, r int)   { return len(g.h.Cols), len(g.h.Rows) }
func (g heatGrid) Z(c, r int) float64 { return g.h.Values[len(g.h.Rows)-1-r][c] }
func (g heatGrid) X(c int) float64    { return float64(c) }
func (g heatGrid) Y(r int) float64    { return float64(r) }

// heatPalette is the ramp in steps.
type heatPalette struct{}

// Colors returns them from low to high.
func (heatPalette) Colors() []color.Color {
	const steps = 64
	list := make([]color.Color, steps)
	for i := range list {
		list[i] = heatColour(float64(i), 0, steps-1)
	}
	return list
}

// heatPlot draws a heat map as a file.
func heatPlot(p Panel) *plot.Plot {
	h := p.Heat
	key := fmt.Sprintf("%s; colours from %s, dark, to %s, bright", h.ColTitle, Figure(h.Lo), Figure(h.Hi))
	still := newPlot(p.Title, key, h.RowTitle)
	m := plotter.NewHeatMap(heatGrid{h}, heatPalette{})
	m.Min, m.Max, m.NaN = h.Lo, h.Hi, hex("#9a9a9a")
	m.Underflow, m.Overflow = heatColour(h.Lo, h.Lo, h.Hi), heatColour(h.Hi, h.Lo, h.Hi)
	still.Add(m)
	still.X.Tick.Marker = nameTicks(h.Cols, false)
	still.Y.Tick.Marker = nameTicks(h.Rows, true)
	still.X.Tick.Label.Rotation = 0.6
	still.X.Tick.Label.XAlign, still.X.Tick.Label.YAlign = -1, -1
	return still
}

// nameTicks are the names along an axis, about 25 of them where there are more.
func nameTicks(names []string, fromTop bool) plot.ConstantTicks {
	var ticks plot.ConstantTicks
	for i, name := range names {
		at := i
		if fromTop {
			at = len(names) - 1 - i
		}
		if every(i, len(names)) {
			ticks = append(ticks, plot.Tick{Value: float64(at), Label: clipped(name)})
		}
	}
	return ticks
}
