// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"revgn/analysis/features"
	"revgn/internal/number"
	"revgn/internal/record"
)

// featuresTable prints the network over time, then the sites and couplings of the last checkpoint.
func featuresTable(w io.Writer, a record.Analysis[featuresRow]) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "step\taccuracy\tgained\tflipped\tinverted to\t")
	for _, c := range a.Checkpoints {
		v := c.Values
		inverted := "-"
		if len(v.Inversion) > 0 {
			inverted = numberCell("%.1e", v.Inversion[0].Worst)
		}
		fmt.Fprintf(t, "%d\t%.4f\t%s\t%s\t%s\t\n", c.Step, v.Network.Accuracy, differenceCell(&v.Network.Gain), flippedCell(v.Couplings), inverted)
	}
	if n := len(a.Checkpoints); n > 0 {
		last := a.Checkpoints[n-1]
		fmt.Fprintf(t, "\nat step %d\tdirections\tnow\tlabels\tnow\tclassifier\tnow\tgained\t\n", last.Step)
		for _, s := range last.Values.Sites {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", s.Name,
				numberCell("%.1f", s.Start.Centred.EffectiveRank), numberCell("%.1f", s.Now.Centred.EffectiveRank),
				numberCell("%.3f", s.Start.Alignment.Debiased), numberCell("%.3f", s.Now.Alignment.Debiased),
				classifierCell(s.Start.Probe), classifierCell(s.Now.Probe), differenceCell(s.Gain))
		}
		if len(last.Values.Couplings) > 0 {
			fmt.Fprintf(t, "\nat step %d\tflipped\toff for all\ton for all\t\n", last.Step)
		}
		for _, c := range last.Values.Couplings {
			fmt.Fprintf(t, "%s\t%.4f\t%.4f\t%.4f\t\n", c.Name, c.Flipped, c.AlwaysOff, c.AlwaysOn)
		}
	}
	return t.Flush()
}

// flippedCell is the mean share over the couplings, which have as many units each.
func flippedCell(couplings []features.CouplingRow) string {
	if len(couplings) == 0 {
		return "-"
	}
	var sum number.Number
	for _, c := range couplings {
		sum += c.Flipped
	}
	return numberCell("%.4f", sum/number.Number(len(couplings)))
}

func classifierCell(c *features.Classifier) string {
	if c == nil {
		return "-"
	}
	return numberCell("%.4f", c.Accuracy)
}

func differenceCell(d *features.Difference) string {
	if d == nil {
		return "-"
	}
	return fmt.Sprintf("%+.4f +- %.4f", d.Value, d.Error)
}
