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
		Args:    counted(2, 2, "run", "two run directories, such as runs/a and runs/b"),
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
	if err := printComparison(stdout, c.Differences(), c.Reached()); err != nil {
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

// printComparison prints the tables for people, a blank line between.
func printComparison(stdout io.Writer, differences, reached report.Table) error {
	if len(differences.Rows) == 0 {
		fmt.Fprintln(stdout, "no options differ")
	} else if err := printTable(stdout, differences); err != nil {
		return err
	}
	fmt.Fprintln(stdout)
	return printTable(stdout, reached)
}

func printTable(stdout io.Writer, table report.Table) error {
	w := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	names := make([]string, len(table.Columns))
	for i, name := range table.Columns {
		names[i] = cellOf(name)
	}
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
