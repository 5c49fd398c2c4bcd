// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	verdictpage "revgn/internal/study"
)

// studyOf is the directory of verdicts that a report was asked of, "" for runs and sweeps.
func studyOf(paths []string) string {
	for _, path := range paths {
		if verdictpage.Is(path) {
			return path
		}
	}
	return ""
}

// reportStudy writes the page, figures and tables of verdicts, into their own directory where no other is named.
func reportStudy(ctx context.Context, o reportOptions, paths []string, stdout io.Writer) error {
	dir := studyOf(paths)
	switch {
	case len(paths) > 1:
		return usageError(fmt.Errorf("%s holds verdicts and has a page of its own; give it alone", dir))
	case o.watch:
		return usageError(errors.New("--watch is for runs and sweeps; give the directory of one setting, such as " + filepath.Join(dir, "TASK", "SETTING")))
	case o.title != "":
		return usageError(errors.New("--title is for runs and sweeps; the page of verdicts says what it is of"))
	}
	if o.out == "" {
		o.out = dir
	}
	if o.pageOnly {
		page, err := verdictpage.WritePage(ctx, dir, o.out)
		if err == nil {
			fmt.Fprintf(stdout, "report     %s\n", page)
		}
		return err
	}
	w, err := verdictpage.WriteTo(ctx, dir, o.out)
	if err != nil {
		return err
	}
	printWritten(stdout, o.out, w.Page, w.Figures, w.Tables)
	return nil
}
