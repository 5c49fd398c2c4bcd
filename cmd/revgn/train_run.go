// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"revgn/internal/config"
	"revgn/internal/number"
	"revgn/internal/progress"
	"revgn/internal/record"
	"revgn/internal/train"
)

// runTrain trains one network: progress to stderr, results to stdout. A run that ended early still says what it reached and where it lies.
func runTrain(ctx context.Context, opts config.Options, stdout, stderr io.Writer) error {
	ui := progress.New(stderr, opts.LogFormat == config.LogJSON)
	result, err := train.Run(ctx, opts, ui, func(p train.Plan) { announce(ui, p) })
	if result.Dir == "" {
		ui.Stop()
		return err
	}
	if opts.LogFormat == config.LogJSON {
		return cmp.Or(err, json.NewEncoder(stdout).Encode(map[string]any{"run": result.Dir, "summary": result.Summary}))
	}
	printResult(stdout, result)
	return err
}

// announce tells what is about to happen.
func announce(ui progress.Reporter, p train.Plan) {
	ui.Note("backend    %s", p.Backend)
	for _, line := range p.Lines {
		ui.Note("%s", line)
	}
	ui.Note("run        %s", record.Short(p.Dir))
}

func printResult(w io.Writer, r train.Result) {
	s := r.Summary
	fmt.Fprintf(w, "status     %s after %s (%s)\n", s.Status, number.Plural(s.Steps, "step"), progress.Epochs(s.Epoch))
	printScores(w, "last", s.Last)
	if s.Best.Step != s.Last.Evaluated() {
		printScores(w, "best", s.Best)
	}
	if s.Exact.Set {
		fmt.Fprintf(w, "exact      %d of %s EXACT (%.4g %%), worst certificate %.2g\n",
			s.ExactSteps, number.Plural(s.Certified, "step"), 100*float64(s.Exact.Value), float64(s.WorstCert.Value))
		if r.Shortfall != "" {
			fmt.Fprintf(w, "           %s\n", r.Shortfall)
		}
	}
	if s.Refused > 0 {
		fmt.Fprintf(w, "refused    %d of %s, which would have raised the loss\n", s.Refused, number.Plural(s.Steps, "step"))
	}
	fmt.Fprintf(w, "time       %.3g s in all, %.3g s in steps", float64(s.Seconds), float64(s.StepSeconds))
	if s.Steps > 0 {
		fmt.Fprintf(w, ", %.3g s a step", float64(s.StepSeconds)/float64(s.Steps))
	}
	if s.Probes > 0 {
		fmt.Fprintf(w, ", %.3g s in %s", float64(s.ProbeSeconds), number.Plural(s.Probes, "probe"))
	}
	fmt.Fprintf(w, "\nrun        %s\n", record.Short(r.Dir))
}

func printScores(w io.Writer, label string, s record.Scores) {
	if !s.TestAcc.Set {
		return
	}
	fmt.Fprintf(w, "%-10s test accuracy %.4f, test loss %.4g", label, float64(s.TestAcc.Value), float64(s.TestLoss.Value))
	if s.TrainAcc.Set {
		fmt.Fprintf(w, "; train accuracy %.4f, train loss %.4g", float64(s.TrainAcc.Value), float64(s.TrainLoss.Value))
	}
	fmt.Fprintf(w, " (step %d)\n", s.Evaluated())
}
