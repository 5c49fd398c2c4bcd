// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"math"
	"text/tabwriter"

	"revgn/analysis/ntk"
	"revgn/internal/record"
)

// ntkTable prints the kernel over time, and where it lives at the first and the last checkpoint.
func ntkTable(w io.Writer, a record.Analysis[ntk.Row]) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "step\taligned\traw\tchange\tturn\tlabels\teffective\tparticipation\tlambda max\tcondition\t")
	for _, c := range a.Checkpoints {
		r := c.Values
		turn := "-"
		if r.Velocity != nil {
			turn = figureCell("%.4f", r.Velocity.Turn)
		}
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", c.Step, figureCell("%.4f", r.Centred), figureCell("%.4f", r.Alignment), figureCell("%.4g", r.Change),
			turn, figureCell("%.4f", r.Label), effectiveCell(r.Spectrum), figureCell("%.1f", r.Participation), largestCell(r.Spectrum), conditionCell(r.Spectrum))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	return sharesTable(w, a)
}

// sharesTable prints what the couplings contribute, a column for the trace and one for the centred squared norm of each of two checkpoints.
func sharesTable(w io.Writer, a record.Analysis[ntk.Row]) error {
	var shown []record.Measured[ntk.Row]
	for i, c := range a.Checkpoints {
		if c.Values.Shares != nil && (i == 0 || i == len(a.Checkpoints)-1) {
			shown = append(shown, c)
		}
	}
	if len(shown) == 0 {
		return nil
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "\nshare of\t")
	for _, c := range shown {
		fmt.Fprintf(t, "trace, %d\tnorm, %d\t", c.Step, c.Step)
	}
	fmt.Fprintln(t)
	for i, share := range shown[0].Values.Shares {
		fmt.Fprintf(t, "%s\t", share.Coupling)
		for _, c := range shown {
			fmt.Fprintf(t, "%s\t%s\t", numberCell("%.3f", c.Values.Shares[i].Trace), numberCell("%.3f", c.Values.Shares[i].Centred))
		}
		fmt.Fprintln(t)
	}
	return t.Flush()
}

// figureCell is a number of a table with its error, where it has both.
func figureCell(format string, f ntk.Figure) string {
	text := numberCell(format, f.Value)
	if !f.Error.Set || math.IsNaN(float64(f.Value)) {
		return text
	}
	return text + " +-" + numberCell("%.1g", f.Error.Value)
}

func effectiveCell(s *ntk.Spectrum) string {
	if s == nil {
		return "-"
	}
	return figureCell("%.1f", s.EffectiveRank)
}

func largestCell(s *ntk.Spectrum) string {
	if s == nil {
		return "-"
	}
	return numberCell("%.4g", s.Max)
}

func conditionCell(s *ntk.Spectrum) string {
	switch {
	case s == nil:
		return "-"
	case s.IsBound:
		return ">" + numberCell("%.2g", s.Condition)
	}
	return numberCell("%.3g", s.Condition)
}
