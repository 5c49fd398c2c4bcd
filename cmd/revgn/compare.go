// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"revgn/internal/report"
)

// newCompareCommand is `revgn compare`.
func newCompareCommand() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "compare RUN RUN",
		Short: "Show in which options two runs differ, and what each reached",
		Long: `Show two runs beside each other: the options in which they differ, and how each stands.
--out also writes the page of ` + "`revgn report`" + ` for the two.`,
		Example: "  revgn compare runs/a runs/b\n  revgn compare runs/a runs/b --out comparison",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runCompare(cmd.Context(), args, out, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "also write the page, figures and tables to this `DIR`")
	return cmd
}

func runCompare(ctx context.Context, args []string, out string, stdout, stderr io.Writer) error {
	dirs, err := report.Find(args)
	if err != nil {
		return err
	}
	if len(dirs) == 1 {
		return usageError(fmt.Errorf("compare: %s are the same run; want two different ones", strings.Join(args, " and ")))
	}
	if len(dirs) != 2 {
		return usageError(fmt.Errorf("%s hold %d different runs; want two (`revgn report` takes more)", strings.Join(args, " and "), len(dirs)))
	}
	c, err := report.Load(ctx, dirs, "Comparison of two runs")
	if err != nil {
		return err
	}
	warnUnread(stderr, c.Runs)
	if err := printComparison(stdout, c.Comparison()); err != nil {
		return err
	}
	if out == "" {
		return nil
	}
	w, err := c.WriteAll(ctx, out)
	if err == nil {
		fmt.Fprintf(stdout, "\nreport     %s\n", w.Page)
	}
	return err
}

// printComparison prints the table for people.
func printComparison(stdout io.Writer, table report.Table) error {
	w := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	names := make([]string, len(table.Columns))
	for i, name := range table.Columns {
		names[i] = cellOf(name)
	}
	names[0] = "" // that of the options and scores
	fmt.Fprintln(w, strings.Join(names, "\t"))
	for _, row := range table.Rows {
		cells := make([]string, len(row))
		for i, c := range row {
			cells[i] = cellOf(c.Text)
		}
		fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	return w.Flush()
}

// cellOf is text of a run directory, a dash where there is none.
func cellOf(s string) string {
	if s == "" {
		return "-"
	}
	return strings.Map(printable, s)
}
