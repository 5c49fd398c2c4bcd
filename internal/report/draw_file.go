// SPDX-License-Identifier: Apache-2.0

package report

import (
	"bytes"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

const (
	figureWidth, figureHeight = 16 * vg.Centimeter, 10 * vg.Centimeter
	figureMargin              = 1.5 * vg.Millimeter
	keyGap                    = 2 * vg.Millimeter
	pngResolution             = 2 * vgimg.DefaultDPI // for dense screens, and letters keep their distances
)

// drawn is a figure with its key to the right of it, where no curve is covered.
func drawn(p *plot.Plot, key plot.Legend, format string) ([]byte, error) {
	measure, err := newCanvas(figureWidth, format)
	if err != nil {
		return nil, err
	}
	size := key.Rectangle(draw.New(measure)).Size()
	width := figureWidth
	if size.X > 0 {
		width += size.X + 2*keyGap
	}
	canvas, err := newCanvas(width, format)
	if err != nil {
		return nil, err
	}
	whole := draw.New(canvas)
	whole.FillPolygon(p.BackgroundColor, []vg.Point{whole.Min, {X: whole.Max.X, Y: whole.Min.Y}, whole.Max, {X: whole.Min.X, Y: whole.Max.Y}})
	p.Draw(draw.Crop(whole, figureMargin, figureWidth-width-figureMargin, figureMargin, -figureMargin))
	if size.X > 0 {
		key.Left, key.Top = true, true
		key.Draw(draw.Crop(whole, figureWidth+keyGap, 0, 0, -vg.Centimeter))
	}
	var b bytes.Buffer
	_, err = canvas.WriteTo(&b)
	return b.Bytes(), err
}

func newCanvas(width vg.Length, format string) (vg.CanvasWriterTo, error) {
	if format == "png" {
		return vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(width, figureHeight), vgimg.UseDPI(pngResolution))}, nil
	}
	return draw.NewFormattedCanvas(width, figureHeight, format)
}
