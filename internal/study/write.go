// SPDX-License-Identifier: Apache-2.0

package study

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"

	"revgn/internal/claims"
	"revgn/internal/report"
	"revgn/internal/safefile"
)

// Written is what was written of a study.
type Written struct {
	Page    string
	Figures int // each as SVG and as PNG
	Tables  int // each as CSV
}

// Write reads the study in a directory and writes its page, figures and tables into it.
func Write(ctx context.Context, out string) (Written, error) { return WriteTo(ctx, out, out) }

// WriteTo writes them into another directory.
func WriteTo(ctx context.Context, dir, out string) (w Written, err error) {
	v, err := Read(dir)
	if err != nil {
		return w, err
	}
	figures, err := panels(ctx, newLibrary(dir, v.Verdicts), v)
	if err != nil {
		return w, err
	}
	if err := checkWritable(out); err != nil {
		return w, err
	}
	f := report.NewFiles(out)
	if err := writeFiles(ctx, f, v, figures); err != nil {
		return w, err
	}
	w.Figures, w.Tables = f.Figures, f.Tables
	w.Page, err = writePageFile(f, v, figures, f.Names)
	return w, err
}

// WritePage writes report.html alone.
func WritePage(ctx context.Context, dir, out string) (path string, err error) {
	v, err := Read(dir)
	if err != nil {
		return "", err
	}
	figures, err := panels(ctx, newLibrary(dir, v.Verdicts), v)
	if err != nil {
		return "", err
	}
	return writePageFile(report.NewFiles(out), v, figures, nil)
}

// checkWritable refuses links where files are written: a study may come from someone, and a link leads where its maker chose.
func checkWritable(out string) error {
	for _, name := range []string{report.FiguresDir, report.TablesDir} {
		if err := safefile.CheckTree(filepath.Join(out, name)); err != nil {
			return fmt.Errorf("the report is not written: %w", err)
		}
	}
	return nil
}

func writePageFile(f *report.Files, v claims.Verdicts, figures []shown, names []string) (string, error) {
	var b bytes.Buffer
	if err := writePage(&b, v, figures, names); err != nil {
		return "", err
	}
	return f.Page(b.Bytes())
}

// writeFiles writes the figures with their points, and the tables.
func writeFiles(ctx context.Context, f *report.Files, v claims.Verdicts, figures []shown) error {
	verdicts := verdictTable(v)
	if err := f.LaTeX(verdicts); err != nil {
		return err
	}
	for _, t := range []report.Table{verdicts, partFile(v), runFile(v), tuningFile(v), waitingTable(v)} {
		if err := f.CSV(t); err != nil {
			return err
		}
	}
	for _, s := range figures {
		for _, p := range s.panels {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := f.Panel(p.ID, p); err != nil {
				return err
			}
			if err := f.CSV(p.Table()); err != nil {
				return err
			}
		}
	}
	return nil
}
