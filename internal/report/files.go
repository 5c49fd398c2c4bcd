// SPDX-License-Identifier: Apache-2.0

package report

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"revgn/internal/safefile"
)

// The names that a report has in its directory.
const (
	PageFile   = "report.html"
	FiguresDir = "figures"
	TablesDir  = "tables"
)

const figureWidth, figureHeight = 16 * vg.Centimeter, 10 * vg.Centimeter

// Files writes what lies beside a page.
type Files struct {
	dir     string
	Names   []string // of the files, from the page
	Figures int      // each as SVG and as PNG
	Tables  int      // each as CSV
}

// NewFiles writes into a directory, which need not be there.
func NewFiles(dir string) *Files { return &Files{dir: dir} }

// Panel draws a figure.
func (f *Files) Panel(name string, p Panel) error {
	if p.Heat != nil {
		return f.figure(name, heatPlot(p))
	}
	return f.figure(name, linesStill(p).plot())
}

func (f *Files) figure(name string, p *plot.Plot) error {
	key := p.Legend
	p.Legend = plot.NewLegend()
	for _, format := range []string{"svg", "png"} {
		b, err := drawn(p, key, format)
		if err == nil {
			err = f.write(FiguresDir+"/"+name+"."+format, b)
		}
		if err != nil {
			return fmt.Errorf("figure %s: %w", name, err)
		}
	}
	f.Figures++
	return nil
}

// CSV writes a table by its identity.
func (f *Files) CSV(t Table) error {
	f.Tables++
	return f.write(TablesDir+"/"+t.ID+".csv", t.csvText())
}

// LaTeX writes a table as a tabular.
func (f *Files) LaTeX(t Table) error { return f.write(TablesDir+"/"+t.ID+".tex", t.latexText()) }

// Page writes report.html.
func (f *Files) Page(b []byte) (path string, err error) {
	path = filepath.Join(f.dir, PageFile)
	return path, writeFile(path, b)
}

func (f *Files) write(name string, b []byte) error {
	f.Names = append(f.Names, name)
	return writeFile(filepath.Join(f.dir, filepath.FromSlash(name)), b)
}

// drawn is a figure with its key to the right of it, where no curve is covered.
func drawn(p *plot.Plot, key plot.Legend, format string) ([]byte, error) {
	const gap = 2 * vg.Millimeter
	measure, err := draw.NewFormattedCanvas(figureWidth, figureHeight, format)
	if err != nil {
		return nil, err
	}
	size := key.Rectangle(draw.New(measure)).Size()
	width := vg.Length(figureWidth)
	if size.X > 0 {
		width += size.X + 2*gap
	}
	canvas, err := draw.NewFormattedCanvas(width, figureHeight, format)
	if err != nil {
		return nil, err
	}
	whole := draw.New(canvas)
	whole.FillPolygon(p.BackgroundColor, []vg.Point{whole.Min, {X: whole.Max.X, Y: whole.Min.Y}, whole.Max, {X: whole.Min.X, Y: whole.Max.Y}})
	p.Draw(draw.Crop(whole, 0, figureWidth-width, 0, 0))
	if size.X > 0 {
		key.Left, key.Top = true, true
		key.Draw(draw.Crop(whole, figureWidth+gap, 0, 0, -vg.Centimeter))
	}
	var b bytes.Buffer
	_, err = canvas.WriteTo(&b)
	return b.Bytes(), err
}

// writeFile writes a file whole or not at all, with the directories that it lies in: a browser that loads it meanwhile has the one before.
func writeFile(path string, b []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return writeError(path, err)
	}
	if err := renameio.WriteFile(path, b, 0o644, renameio.WithTempDir(dir)); err != nil {
		return writeError(path, err)
	}
	return nil
}

func writeError(path string, err error) error {
	return fmt.Errorf("cannot write %s: %w (choose a writable directory with --out)", path, safefile.Cause(err))
}
