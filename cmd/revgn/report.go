// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"revgn/internal/number"
	"revgn/internal/record"
	"revgn/internal/report"
)

// reportOptions are the options of `revgn report`.
type reportOptions struct {
	out      string
	title    string
	pageOnly bool
	watch    bool
	interval time.Duration
}

func (o reportOptions) validate(fs *pflag.FlagSet) error {
	if fs.Changed("interval") && !o.watch {
		return errors.New("interval: belongs to --watch, which is missing")
	}
	if o.interval < time.Second {
		return fmt.Errorf("interval: got %s; want 1s or more", o.interval)
	}
	return nil
}

// newReportCommand is `revgn report`.
func newReportCommand() *cobra.Command {
	var o reportOptions
	cmd := &cobra.Command{
		Use:   "report RUN-OR-SWEEP... | STUDY",
		Short: "Write a page, figures and tables of runs",
		Long: `Write what runs recorded as a page that opens from disk without network, as figures
and as tables: report.html, figures/*.svg and *.png, tables/*.csv and *.tex. It needs
the run directories alone, no backend and no data. A directory that is no run stands for
the runs in it, up to three directories down.

Runs whose options differ in the seed alone are a group: its curve is their mean, with
the 95 % interval of Student's t. --watch writes the page again whenever runs went on,
until Ctrl-C, and then figures and tables; the page loads itself anew.

A STUDY is a directory with verdicts.json: its page has the verdicts with all that is
behind them, and the figures of the paper. It is written into the directory itself.`,
		Example: "  revgn report runs/NAME\n  revgn report runs --out report\n  revgn report runs --watch",
		Args:    someRuns,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.validate(cmd.Flags()); err != nil {
				return usageError(err)
			}
			return runReport(cmd.Context(), o, args, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	fs.StringVar(&o.out, "out", "", "`DIR` to write to (default RUN-OR-SWEEP-report beside it, report for several and for ., STUDY itself)")
	fs.StringVar(&o.title, "title", "", "title of the page")
	fs.BoolVar(&o.pageOnly, "page-only", false, "write report.html alone, without figures and tables")
	fs.BoolVar(&o.watch, "watch", false, "write the page again while runs go on, until Ctrl-C")
	fs.DurationVar(&o.interval, "interval", 5*time.Second, "with --watch: how often to look for changes")
	return cmd
}

func runReport(ctx context.Context, o reportOptions, paths []string, stdout, stderr io.Writer) error {
	if studyOf(paths) != "" {
		return reportStudy(ctx, o, paths, stdout)
	}
	if o.out == "" {
		o.out = reportDir(paths)
	}
	if o.watch {
		return watchReport(ctx, o, paths, stdout, stderr)
	}
	dirs, passed, err := report.FindAmong(paths)
	if err != nil {
		return err
	}
	for _, reason := range passed {
		fmt.Fprintf(stderr, "passed over: %v\n", reason)
	}
	return writeReport(ctx, o, dirs, stdout, stderr)
}

// reportDir is where a report goes by default. Of the current directory, or one that it lies in, it goes into the current one.
func reportDir(paths []string) string {
	const here = "report"
	if len(paths) > 1 {
		return here
	}
	full, err := filepath.Abs(paths[0])
	if err != nil {
		return here
	}
	current, err := os.Getwd()
	if err != nil {
		return here
	}
	if below, err := filepath.Rel(full, current); err != nil || filepath.IsLocal(below) {
		return here
	}
	return record.Short(full + "-report")
}

// writeReport writes all that was asked for and says where it is.
func writeReport(ctx context.Context, o reportOptions, dirs []string, stdout, stderr io.Writer) error {
	c, err := report.Load(ctx, dirs, reportTitle(o.title, dirs))
	if err != nil {
		return err
	}
	warnUnread(stderr, c.Runs)
	if o.pageOnly {
		page, err := c.WritePageFile(o.out, 0)
		if err == nil {
			fmt.Fprintf(stdout, "report     %s\n", page)
		}
		return err
	}
	w, err := c.WriteAll(ctx, o.out)
	if err != nil {
		return err
	}
	printWritten(stdout, o.out, w.Page, w.Figures, w.Tables)
	return nil
}

// warnUnread says what of runs could not be read, and is missing on the page.
func warnUnread(stderr io.Writer, runs []*report.Run) {
	for _, r := range runs {
		for _, reason := range r.Unread {
			if !strings.Contains(reason, r.Dir) {
				reason = r.Name + ": " + reason
			}
			fmt.Fprintf(stderr, "warning: %s\n", strings.Map(printable, reason))
		}
	}
}

// printWritten says what was written and where.
func printWritten(stdout io.Writer, out, page string, figures, tables int) {
	fmt.Fprintf(stdout, "report     %s\n", page)
	fmt.Fprintf(stdout, "figures    %d in %s, each as SVG and PNG\n", figures, filepath.Join(out, "figures"))
	fmt.Fprintf(stdout, "tables     %d in %s, as CSV and LaTeX\n", tables, filepath.Join(out, "tables"))
}

// watchReport writes the page whenever runs changed, and everything when it is told to end.
func watchReport(ctx context.Context, o reportOptions, paths []string, stdout, stderr io.Writer) error {
	reload := max(1, int(o.interval.Seconds()))
	first := true
	err := report.Watch(ctx, paths, o.interval, func(dirs []string) error {
		c, err := report.Load(ctx, dirs, reportTitle(o.title, dirs))
		if err != nil {
			return err
		}
		page, err := c.WritePageFile(o.out, reload)
		if err == nil && first {
			first = false
			fmt.Fprintf(stderr, "watching %s: open %s; Ctrl-C ends\n", number.Plural(len(dirs), "run"), page)
		}
		return err
	})
	if err != nil && ctx.Err() == nil {
		return err
	}
	dirs, _, err := report.FindAmong(paths)
	if err != nil {
		return err
	}
	return writeReport(context.WithoutCancel(ctx), o, dirs, stdout, stderr)
}

func reportTitle(title string, dirs []string) string {
	switch {
	case title != "":
		return title
	case len(dirs) == 1:
		return "Run " + filepath.Base(dirs[0])
	}
	return fmt.Sprintf("Report of %d runs", len(dirs))
}
