// SPDX-License-Identifier: Apache-2.0

package report

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

func newPlot(title, x, y string) *plot.Plot {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = clipTitle(title), x, y
	p.Title.Padding = vg.Points(6)
	p.Title.TextStyle.Font.Size = vg.Points(12)
	p.Title.TextStyle.Font.Variant, p.X.Label.TextStyle.Font.Variant, p.Y.Label.TextStyle.Font.Variant = "Sans", "Sans", "Sans"
	p.X.Tick.Label.Font.Variant, p.Y.Tick.Label.Font.Variant, p.Legend.TextStyle.Font.Variant = "Sans", "Sans", "Sans"
	p.Legend.TextStyle.Font.Size = font.Length(9)
	p.Legend.Top, p.Legend.Padding, p.Legend.ThumbnailWidth = true, vg.Points(1), vg.Points(26)
	grid := plotter.NewGrid()
	grid.Horizontal.Color, grid.Vertical.Color = hex("#dddddd"), hex("#dddddd")
	p.Add(grid)
	return p
}

// clipTitle keeps a title within the figure.
func clipTitle(s string) string {
	const most = 78
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

func lineStyle(i int) draw.LineStyle {
	colours, patterns := lightColours(), dashes()
	style := draw.LineStyle{Color: hex(colours[i%len(colours)]), Width: vg.Points(1.3)}
	for _, d := range patterns[i%len(patterns)] {
		style.Dashes = append(style.Dashes, vg.Points(d))
	}
	return style
}

// glyph tells sparse points apart besides their colour.
func glyph(i int) draw.GlyphDrawer {
	shapes := []draw.GlyphDrawer{draw.CircleGlyph{}, draw.SquareGlyph{}, draw.TriangleGlyph{}, draw.CrossGlyph{}}
	return shapes[i%len(shapes)]
}

// scaled gives an axis its scale and where it is named.
func scaled(a *plot.Axis, log bool) {
	if log {
		a.Scale, a.Tick.Marker = plot.LogScale{}, sparseLog{}
		return
	}
	a.Tick.Marker = roundTicks{}
}

// widen gives an axis a length where all values are the same, and has a logarithmic one begin and end at numbers that are named.
func widen(a *plot.Axis, log bool) {
	if math.IsInf(a.Min, 0) || math.IsInf(a.Max, 0) {
		a.Min, a.Max = 0.1, 1
	}
	if !log {
		if a.Min == a.Max {
			a.Min, a.Max = a.Min-0.5, a.Max+0.5
		}
		return
	}
	a.Min, a.Max = roundBelow(a.Min), roundAbove(a.Max)
	if a.Min == a.Max {
		a.Min, a.Max = max(a.Min/2, math.SmallestNonzeroFloat64), min(a.Max*2, math.MaxFloat64)
	}
}

func emptyRange(logX, logY bool) (xmin, xmax, ymin, ymax float64) {
	least := func(log bool) float64 {
		if log {
			return 0.1
		}
		return 0
	}
	return least(logX), 1, least(logY), 1
}
