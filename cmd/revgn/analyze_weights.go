// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"revgn/analysis/weights"
	"revgn/internal/npy"
	"revgn/internal/number"
	"revgn/internal/record"
	"revgn/internal/runs"
)

// newAnalyzeWeightsCommand is `revgn analyze weights`.
func newAnalyzeWeightsCommand() *cobra.Command {
	var o analyzeOptions
	cmd := &cobra.Command{
		Use:   "weights RUN-OR-SWEEP...",
		Short: "Measure how far training took the weights, and how directly",
		Long: `Measure what each coupling trains, Z = [W; b], at a checkpoint against the start:
norms, the angle between the two, the displacement with its singular values, and the
length of the path that training took, from step_norm in metrics.jsonl. It needs
neither samples nor a device.

Columns: |Z|/|Z0|, the cosine of the angle to the start, |Z-Z0|, |Z-Z0|/|Z0|, the
largest singular value of Z-Z0, and how many directions make it up: stable rank
|Z-Z0|^2/sigma^2, effective rank the exponential of the entropy. straight is |Z-Z0|
over the length of the path, 1 for a straight line. --arrays writes the singular values.`,
		Example: "  revgn analyze weights runs/NAME\n  revgn analyze weights runs --step all",
		Args:    someRuns,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runStudy(cmd.Context(), o, args, weightsStudy(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	o.addFlags(cmd.Flags(), 0)
	return cmd
}

// weightsRow is what the analysis holds of a checkpoint.
type weightsRow struct {
	weights.Result
	weights.Path
	Before *int `json:"before_step,omitempty"` // the checkpoint before; none at the start
}

func weightsStudy() study[weightsRow] {
	return study[weightsRow]{
		name: "weights", definitions: weights.Definitions(), setting: struct{}{},
		measure: func(_ context.Context, s *subject) (m measured[weightsRow], err error) {
			if m.row, err = measureWeights(s); err != nil {
				return m, err
			}
			if n := m.row.Missing; n > 0 {
				m.warnings = append(m.warnings, fmt.Sprintf("step %d: metrics.jsonl has no step_norm for %d of the steps up to it: no path length", s.weights.Step, n))
			}
			for _, row := range m.row.Couplings {
				m.arrays = append(m.arrays, npy.Array{Name: row.Name + ".singular_values", Shape: []int{len(row.Singular)}, Data: row.Singular})
			}
			return m, nil
		},
		table: weightsTable,
	}
}

func measureWeights(s *subject) (row weightsRow, err error) {
	config := s.run.Network
	var before weights.Source
	if step, ok, err := checkpointBefore(s.run, s.weights.Step); err != nil {
		return row, err
	} else if ok {
		earlier, err := s.run.Weights(step)
		if err != nil {
			return row, err
		}
		row.Before, before = &step, weights.Arrays(config, valuesOf(earlier))
	}
	result, err := weights.Compare(config, weights.Arrays(config, valuesOf(s.first)), before, weights.Arrays(config, valuesOf(s.weights)))
	if err != nil {
		return row, err
	}
	norms, err := stepNorms(s.run, s.weights.Step)
	row.Result, row.Path = *result, weights.Along(norms, float64(result.All.Displacement))
	return row, err
}

// valuesOf finds a tensor's values among the weights of a checkpoint.
func valuesOf(w *runs.Weights) func(name string) (any, error) {
	return func(name string) (any, error) {
		a, ok := npy.Find(w.Arrays, name)
		if !ok {
			return nil, fmt.Errorf("step %d holds no %s", w.Step, name)
		}
		return a.Data, nil
	}
}

// checkpointBefore is the newest step before the one given that the run has weights of; ok is false for step 0.
func checkpointBefore(run *runs.Run, step int) (before int, ok bool, err error) {
	all, err := run.Select(runs.Selection{All: true})
	for _, other := range all {
		if other < step {
			before, ok = other, true
		}
	}
	return before, ok, err
}

// stepNorms are the norms of the changes that steps 1 to step made, as far as the metrics have them.
func stepNorms(run *runs.Run, step int) ([]number.Optional, error) {
	norms := make([]number.Optional, step)
	if step == 0 {
		return norms, nil
	}
	metrics, err := run.Metrics()
	if err != nil {
		return nil, err
	}
	for _, s := range metrics.Steps {
		if s.Step >= 1 && s.Step <= step {
			norms[s.Step-1] = s.StepNorm
		}
	}
	return norms, nil
}

// weightsTable prints the whole network over time, and the couplings of the last checkpoint.
func weightsTable(w io.Writer, a record.Analysis[weightsRow]) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	const columns = "|Z|/|Z0|\tcosine\t|Z-Z0|\t|Z-Z0|/|Z0|\tsigma max\tstable\teffective\t"
	fmt.Fprintln(t, "step\t"+columns+"path\tstraight\t")
	for _, c := range a.Checkpoints {
		fmt.Fprintf(t, "%d\t%s%s\t%s\t\n", c.Step, weightsCells(c.Values.All), optionalCell(c.Values.Length), optionalCell(c.Values.Straightness))
	}
	if n := len(a.Checkpoints); n > 0 {
		last := a.Checkpoints[n-1]
		fmt.Fprintf(t, "\nat step %d\t%s\n", last.Step, columns)
		for _, row := range last.Values.Couplings {
			fmt.Fprintf(t, "%s\t%s\n", row.Name, weightsCells(row))
		}
	}
	return t.Flush()
}

func weightsCells(r weights.Row) string {
	return fmt.Sprintf("%.4f\t%.6f\t%.4g\t%.4g\t%.4g\t%s\t%s\t", r.NormRatio, r.Cosine, r.Displacement, r.Relative, r.SigmaMax,
		numberCell("%.1f", r.StableRank), numberCell("%.1f", r.EffectiveRank))
}

// numberCell is a number of a table, a dash where it is none.
func numberCell(format string, n number.Number) string {
	if math.IsNaN(float64(n)) {
		return "-"
	}
	return fmt.Sprintf(format, float64(n))
}

// optionalCell is a number of a table, a dash where it is absent.
func optionalCell(o number.Optional) string {
	if !o.Set {
		return "-"
	}
	return numberCell("%.4g", o.Value)
}
