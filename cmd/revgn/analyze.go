// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"revgn/internal/config"
	"revgn/internal/progress"
	"revgn/internal/report"
	"revgn/internal/runs"
)

// newAnalyzeCommand is `revgn analyze`.
func newAnalyzeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "analyze",
		Short: "Measure what trained networks learned: kernels, representations, weights, batches",
		Long: `Measure checkpoints of runs: each analysis writes RUN/analysis/NAME.json, with every
number's definition, estimator and error, and prints a table. An analysis that was
cut short goes on where it stopped; checkpoints that are done are not done again.
A directory that is no run stands for the runs in it, up to three directories down.

A run keeps its newest two checkpoints, and with train --checkpoint-every N every
N-th. The initial network, step 0, is always there. See docs/analysis.md.`,
		Example: "  revgn analyze ntk runs/NAME\n  revgn analyze cka runs/NAME --step all\n  revgn analyze weights runs",
	}
	cmd.AddCommand(newAnalyzeNTKCommand())
	cmd.AddCommand(newAnalyzeCKACommand())
	cmd.AddCommand(newAnalyzeWeightsCommand())
	cmd.AddCommand(newAnalyzeFeaturesCommand())
	cmd.AddCommand(newAnalyzeBatchesCommand())
	return cmd
}

// analyzeOptions are the options that all analyses share.
type analyzeOptions struct {
	step    string
	probes  int
	part    string
	arrays  bool
	redo    bool
	machine config.Options // those of config.AddMachineFlags
}

// addFlags adds the shared options. An analysis that looks at weights alone has neither probe set nor device.
func (o *analyzeOptions) addFlags(fs *pflag.FlagSet, probes int) {
	fs.SortFlags = false
	fs.StringVar(&o.step, "step", "newest", "`CHECKPOINTS`: newest, all, or steps such as 60 or 0,20,40")
	o.part = runs.Parts()[0]
	if probes > 0 {
		fs.IntVar(&o.probes, "probes", probes, "look at the first N samples of a part of the data, fewer if it has fewer")
		fs.Var(config.Choice(&o.part, runs.Parts()...), "part", "part of the data that the probe set is of")
	}
	fs.BoolVar(&o.arrays, "arrays", false, "also write arrays, RUN/analysis/NAME-step-NNNNNNNN.npz")
	fs.BoolVar(&o.redo, "redo", false, "measure again what is there already")
	o.machine = config.Default()
	if probes > 0 {
		o.machine.AddMachineFlags(fs)
	} else {
		o.machine.AddLogFlag(fs)
	}
}

// check says what is wrong with the shared options, and which checkpoints are meant.
func (o *analyzeOptions) check() (runs.Selection, error) {
	selection, err := runs.ParseSelection(o.step)
	if err != nil {
		return selection, fmt.Errorf("step: %w", err)
	}
	if o.probes < 0 {
		return selection, fmt.Errorf("probes: got %d; want 1 or more", o.probes)
	}
	return selection, nil
}

// runsOf are the runs that arguments are or hold. All are looked at before anything is measured, so that a mistake in the last does not come to light after hours. check, where it is
// not nil, has a say. What cannot be read is passed over where it was not named itself.
func runsOf(args []string, selection runs.Selection, check func(*runs.Run) error, ui progress.Reporter) ([]string, error) {
	dirs, passed, err := report.FindAmong(args)
	if err != nil {
		return nil, err
	}
	for _, reason := range passed {
		ui.Note("passed over: %v", reason)
	}
	var found []string
	var unread error
	for _, dir := range dirs {
		run, err := runs.Open(dir)
		if err != nil && slices.ContainsFunc(args, func(arg string) bool { return filepath.Clean(arg) == dir }) {
			return nil, err
		}
		if err != nil { // such as a run of a sweep that failed before it knew its data
			ui.Note("passed over: %v", err)
			unread = err
			continue
		}
		if err := fitsRun(run, selection, check); err != nil {
			return nil, err
		}
		found = append(found, dir)
	}
	if len(found) == 0 {
		return nil, unread
	}
	return found, nil
}

// fitsRun refuses checkpoints and options that do not go with a run.
func fitsRun(run *runs.Run, selection runs.Selection, check func(*runs.Run) error) error {
	if _, err := run.Select(selection); err != nil || check == nil {
		return err
	}
	return check(run)
}

// someRuns refuses an analysis of nothing.
func someRuns(cmd *cobra.Command, args []string) error {
	return counted(1, many, "run", "one or more run directories, such as runs/NAME")(cmd, args)
}
