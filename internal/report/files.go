// SPDX-License-Identifier: Apache-2.0

package report

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"
	"gonum.org/v1/plot"

	"revgn/internal/safefile"
)

// The names that a report has in its directory.
const (
	PageFile   = "report.html"
	FiguresDir = "figures"
	TablesDir  = "tables"
)

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
