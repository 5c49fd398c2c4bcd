// SPDX-License-Identifier: Apache-2.0

package report

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
)

// The names that a report has in its directory.
const (
	PageFile   = "report.html"
	figuresDir = "figures"
	tablesDir  = "tables"
)

const figureWidth, figureHeight = 16 * vg.Centimeter, 10 * vg.Centimeter

// maxCouplingFigures bounds the files of couplings: one run of each of so many groups.
const maxCouplingFigures = 12

// Written is what a report wrote.
type Written struct {
	Page    string
	Figures int // each as SVG and as PNG
	Tables  int // each as CSV; those of the page as LaTeX too
}

// WriteAll writes page, figures and tables. Files of another report in the same place are replaced, others stay.
func (c *Content) WriteAll(ctx context.Context, dir string) (w Written, err error) {
	var files []string
	write := func(name string, b []byte) error {
		files = append(files, name)
		return writeFile(filepath.Join(dir, filepath.FromSlash(name)), b)
	}
	for _, f := range c.stills() {
		if err := ctx.Err(); err != nil {
			return w, err
		}
		for _, format := range []string{"svg", "png"} {
			b, err := drawn(f.plot(), format)
			if err == nil {
				err = write(figuresDir+"/"+f.name+"."+format, b)
			}
			if err != nil {
				return w, fmt.Errorf("figure %s: %w", f.name, err)
			}
		}
		w.Figures++
	}
	for _, t := range append(c.fileTables(), c.curveTables()...) {
		if err := write(tablesDir+"/"+t.ID+".csv", t.csvText()); err != nil {
			return w, err
		}
		w.Tables++
	}
	for _, t := range c.Tables() {
		if err := write(tablesDir+"/"+t.ID+".tex", t.latexText()); err != nil {
			return w, err
		}
	}
	w.Page, err = c.writePageFile(dir, 0, files)
	return w, err
}

// WritePageFile writes report.html alone.
func (c *Content) WritePageFile(dir string, reload int) (path string, err error) {
	return c.writePageFile(dir, reload, nil)
}

func (c *Content) writePageFile(dir string, reload int, files []string) (path string, err error) {
	var b bytes.Buffer
	if err := c.WritePage(&b, reload, files); err != nil {
		return "", err
	}
	path = filepath.Join(dir, PageFile)
	return path, writeFile(path, b.Bytes())
}

// namedPlot is a figure that is drawn when it is written.
type namedPlot struct {
	name string
	plot func() *plot.Plot
}

// stills are the figures of the report as files.
func (c *Content) stills() []namedPlot {
	var list []namedPlot
	for _, q := range c.quantities() {
		list = append(list, namedPlot{q.ID, func() *plot.Plot { return c.quantityStill(q).plot() }})
	}
	runs := 0
	for _, g := range c.Groups {
		if r := g.Runs[0]; len(r.Couplings) > 0 && runs < maxCouplingFigures {
			runs++
			for i, q := range couplingQuantities() {
				list = append(list, namedPlot{fmt.Sprintf("couplings-%d-%s", runs, q.ID), func() *plot.Plot { return couplingStill(r, i, q).plot() }})
			}
		}
	}
	for _, p := range c.panels() {
		if p.Heat != nil {
			list = append(list, namedPlot{p.ID, func() *plot.Plot { return heatPlot(p) }})
		} else {
			list = append(list, namedPlot{p.ID, func() *plot.Plot { return linesStill(p).plot() }})
		}
	}
	return list
}

func drawn(p *plot.Plot, format string) ([]byte, error) {
	from, err := p.WriterTo(figureWidth, figureHeight, format)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	_, err = from.WriteTo(&b)
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
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return fmt.Errorf("cannot write %s: %w (choose a writable directory with --out)", path, err)
}
