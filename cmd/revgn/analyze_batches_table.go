// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"revgn/analysis/batches"
	"revgn/internal/npy"
	"revgn/internal/number"
	"revgn/internal/record"
)

// batchesArrays are A and what single steps do, by the step's name with dashes for what is no letter or figure.
func batchesArrays(r *batches.Result) []npy.Array {
	name := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '.' {
			return c
		}
		return '-'
	}, fmt.Sprintf("%s-lr-%g", r.Name, r.LR))
	m, k := r.Steps, len(r.Curve)
	var a, multiples []float64
	curves := map[string][]float64{}
	for i := range m {
		for _, v := range r.A[i] {
			a = append(a, float64(v))
		}
		for _, l := range r.Lengths[i] {
			for what, v := range map[string]float64{"predicted": l.Predicted, "own": l.Own, "heldout": l.Heldout, "linearisation": l.Linearisation, "linearisation_heldout": l.Unseen} {
				curves[what] = append(curves[what], v)
			}
		}
	}
	for _, p := range r.Curve {
		multiples = append(multiples, p.Multiple)
	}
	arrays := []npy.Array{{Name: name + ".A", Shape: []int{m, m}, Data: a}, {Name: name + ".multiples", Shape: []int{k}, Data: multiples}}
	for _, what := range []string{"predicted", "own", "heldout", "linearisation", "linearisation_heldout"} {
		arrays = append(arrays, npy.Array{Name: name + ".curve." + what, Shape: []int{m, k}, Data: curves[what]})
	}
	return arrays
}

// batchesTable prints every checkpoint, and of the last one A and the curves.
func batchesTable(w io.Writer, a record.Analysis[batchesRow]) error {
	for _, c := range a.Checkpoints {
		if len(c.Values.Methods) == 0 {
			continue
		}
		first := c.Values.Methods[0]
		fmt.Fprintf(w, "step %d: changes of the mean loss, %.4g on the next %d batches of %d, %.4g held out\n",
			c.Step, first.Own.Loss, first.Steps, c.Values.BatchSize, first.Heldout.Loss)
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintln(t, "method\tlr\tstate\town predicted\tactual\tothers\theld out\tbefore\tafter\toverfit\tslope\t|step|\tlin.\texact\t")
		for _, r := range c.Values.Methods {
			fmt.Fprintf(t, "%s\t%g\t%s\t%.3g\t%.3g\t%s\t%s\t%s\t%s\t%s\t%s\t%.3g\t%s\t%s\t\n", r.Name, r.LR, r.State, r.Own.Predicted.Mean, r.Own.Actual.Mean,
				withError(r.OffDiagonal), withError(r.Heldout.Actual), meanCell(r.Before), meanCell(r.After), withError(r.OverfitRatio), withError(r.SlopeRatio),
				r.StepNorm.Mean, linearisationCell(r), exactCell(r))
		}
		if err := t.Flush(); err != nil {
			return err
		}
	}
	if n := len(a.Checkpoints); n > 0 {
		return batchesDetails(w, a.Checkpoints[n-1])
	}
	return nil
}

// batchesDetails prints the matrices and the curves of a checkpoint.
func batchesDetails(w io.Writer, c record.Measured[batchesRow]) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, what := range []struct {
		title string
		value func(batches.Point) number.Number
	}{
		{"own batch's change at multiples of the step", func(p batches.Point) number.Number { return p.Own.Mean }},
		{"held-out change", func(p batches.Point) number.Number { return p.Heldout.Mean }},
		{"linearisation error on the own batch", func(p batches.Point) number.Number { return p.Linearisation.Mean }},
	} {
		fmt.Fprintf(t, "\nstep %d: %s\t", c.Step, what.title)
		for _, p := range c.Values.Methods[0].Curve {
			fmt.Fprintf(t, "%g\t", p.Multiple)
		}
		fmt.Fprintln(t)
		for _, r := range c.Values.Methods {
			fmt.Fprintf(t, "%s\t", r.Name)
			for _, p := range r.Curve {
				fmt.Fprintf(t, "%s\t", numberCell("%.3g", what.value(p)))
			}
			fmt.Fprintln(t)
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, r := range c.Values.Methods {
		fmt.Fprintf(w, "\nstep %d: %s, change of batch j (across) by the step on batch i (down), %% of the mean own change\n", c.Step, r.Name)
		for _, row := range r.A {
			for _, v := range row {
				fmt.Fprintf(w, "%6s", numberCell("%.0f", 100*v/r.Own.Actual.Mean))
			}
			fmt.Fprintln(w)
		}
	}
	return nil
}

// withError is an estimate with its error, in the digits that the error allows.
func withError(e batches.Estimate) string {
	if s := numberCell("%.1g", e.SE); s != "-" {
		return numberCell("%.3g", e.Mean) + " +-" + s
	}
	return numberCell("%.3g", e.Mean)
}

func meanCell(e *batches.Estimate) string {
	if e == nil {
		return "-"
	}
	return numberCell("%.3g", e.Mean)
}

// linearisationCell is the error of the step as it is made.
func linearisationCell(r *batches.Result) string {
	for _, p := range r.Curve {
		if p.Multiple == 1 {
			return numberCell("%.2g", p.Linearisation.Mean)
		}
	}
	return "-"
}

// exactCell counts EXACT steps.
func exactCell(r *batches.Result) string {
	if r.Exact == nil {
		return "-"
	}
	return fmt.Sprintf("%d/%d", *r.Exact, r.Steps)
}
