// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// Print writes the rows as a table, and after it one line that sums them up.
func Print(w io.Writer, rows []Row) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "check\tsection\tdtype\tfigure\ttolerance\tverdict\tworst on")
	for _, r := range rows {
		verdict := "holds"
		if !r.Holds {
			verdict = "FAILS"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%.2g\t%.2g\t%s\t%s\n", r.Check, r.Section, r.DType, float64(r.Figure), float64(r.Tolerance), verdict, r.where())
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w, Summary(rows))
	return err
}

// where names the worst problem; a figure of 0 is worst nowhere.
func (r Row) where() string {
	if r.Figure == 0 {
		return fmt.Sprintf("none of %d", r.Problems)
	}
	return r.Problem
}

// Failing counts the rows that do not hold.
func Failing(rows []Row) int {
	count := 0
	for _, r := range rows {
		if !r.Holds {
			count++
		}
	}
	return count
}

// Summary is one line about the rows.
func Summary(rows []Row) string {
	if failing := Failing(rows); failing > 0 {
		return fmt.Sprintf("%d of %d checks FAIL", failing, len(rows))
	}
	return fmt.Sprintf("all %d checks hold", len(rows))
}
