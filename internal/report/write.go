// SPDX-License-Identifier: Apache-2.0

package report

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"gonum.org/v1/plot"
)

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
	f := NewFiles(dir)
	for _, s := range c.stills() {
		if err := ctx.Err(); err != nil {
			return w, err
		}
		if err := f.figure(s.name, s.plot()); err != nil {
			return w, err
		}
	}
	for _, t := range slices.Concat(c.fileTables(), c.analysisFiles(), c.curveTables(), c.panelTables()) {
		if err := f.CSV(t); err != nil {
			return w, err
		}
	}
	for _, t := range slices.Concat(c.Tables(), c.analysisTables()) {
		if err := f.LaTeX(t); err != nil {
			return w, err
		}
	}
	w.Figures, w.Tables = f.Figures, f.Tables
	w.Page, err = c.writePageFile(dir, 0, f.Names)
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
