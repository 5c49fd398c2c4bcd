// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"revgn/internal/config"
	"revgn/internal/npy"
	"revgn/internal/record"
	"revgn/internal/runs"
)

// The forms of `revgn export`.
const (
	formatNPZ   = "npz"
	formatGoMLX = "gomlx"
	formatCSV   = "csv"
)

// exportOptions are the options of `revgn export`.
type exportOptions struct {
	step    int // runs.Newest: the newest checkpoint
	out     string
	batch   bool
	format  string // of a checkpoint
	metrics string // the format of metrics, "" for a checkpoint instead
	kind    string // of metrics lines
}

func (o exportOptions) validate(flags *pflag.FlagSet) error {
	weights := slices.DeleteFunc([]string{"step", "batch", "format"}, func(name string) bool { return !flags.Changed(name) })
	switch {
	case o.metrics != "" && len(weights) > 0:
		return fmt.Errorf("%s: belongs to a checkpoint, and --metrics exports metrics.jsonl; leave out one of them", weights[0])
	case o.metrics == "" && flags.Changed("kind"):
		return errors.New("kind: belongs to --metrics csv, which is missing")
	case o.metrics == "" && o.out == "-":
		return errors.New("out: got -, which is stdout, for --metrics csv alone; a checkpoint goes into a file")
	case o.step < runs.Newest:
		return fmt.Errorf("step: got %d; allowed: 0 (the initial network) or more, or -1 for the newest checkpoint", o.step)
	case o.batch && o.format != formatNPZ:
		return fmt.Errorf("batch: got --format %s; a batch goes into an .npz only (leave out --format)", o.format)
	case o.batch && o.step == 0:
		return errors.New("batch: the initial network has seen no batch; export a later --step for the batch that led to it")
	}
	return nil
}

// newExportCommand is `revgn export`.
func newExportCommand() *cobra.Command {
	o := exportOptions{format: formatNPZ, kind: record.TableKinds()[0]}
	cmd := &cobra.Command{
		Use:   "export RUN",
		Short: "Write a checkpoint of a run as arrays, or its metrics as a table",
		Long: `Write a checkpoint of a run as an .npz file that numpy.load reads:
block0.f.C (d,h), block0.f.W (h,d), block0.f.b (d), ..., block0.g.*, readout.U (D,K),
for a linearised or scaled network also block0.f.W0, block0.f.b0, ..., the weights it starts from.
With --batch also batch.x (B,D) and batch.y (B), the batch of the step that led to
the checkpoint, so that the step can be recomputed elsewhere.

What an earlier export wrote is replaced.

With --format gomlx the same tensors as a directory that GoMLX's checkpoint package loads, the network's options in its parameters.

With --metrics csv the steps of metrics.jsonl as a table, a row a step and a column a field,
block0.f.rank, ... for those of couplings; --kind eval|probe|event gives the other lines. A field that a
line does not have is empty, a number that is not finite is NaN, and every number reads back to the same bits.`,
		Example: "  revgn export runs/NAME\n  revgn export runs/NAME --step 0 --out before.npz\n  revgn export runs/NAME --step 1 --batch --out after.npz\n" +
			"  revgn export runs/NAME --format gomlx --out weights\n  revgn export runs/NAME --metrics csv\n  revgn export runs/NAME --metrics csv --kind eval --out -",
		Args: counted(1, 1, "run", "one run directory, such as runs/NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.validate(cmd.Flags()); err != nil {
				return usageError(err)
			}
			return runExport(args[0], o, cmd.OutOrStdout())
		},
	}
	o.addFlags(cmd.Flags())
	completeFlags(cmd)
	return cmd
}

func (o *exportOptions) addFlags(fs *pflag.FlagSet) {
	fs.SortFlags = false
	fs.IntVar(&o.step, "step", runs.Newest, "checkpoint of step N, 0 the initial network (-1: the newest)")
	fs.Var(config.Choice(&o.format, formatNPZ, formatGoMLX), "format", "form of the checkpoint")
	fs.BoolVar(&o.batch, "batch", false, "also write the batch of the step that led to the checkpoint")
	fs.Var(config.Choice(&o.metrics, formatCSV), "metrics", "write metrics.jsonl as a table instead of a checkpoint")
	fs.Var(config.Choice(&o.kind, record.TableKinds()...), "kind", "which lines of metrics.jsonl")
	fs.StringVar(&o.out, "out", "", "file to write, of --format gomlx a new directory, of --metrics csv also - for stdout "+
		"(default beside the run: RUN-step-NNNNNNNN.npz, RUN-step-NNNNNNNN-gomlx, RUN-KIND.csv)")
}

// runExport writes what is asked for and prints where.
func runExport(run string, o exportOptions, stdout io.Writer) error {
	if _, err := record.Open(run); err != nil {
		return fmt.Errorf("%w%s", err, record.Meant(run))
	}
	switch {
	case o.metrics != "":
		return exportMetrics(run, o, stdout)
	case o.format == formatGoMLX:
		return exportGoMLX(run, o, stdout)
	}
	return exportNPZ(run, o, stdout)
}

func exportNPZ(run string, o exportOptions, stdout io.Writer) error {
	if err := checkTarget(o.out); err != nil {
		return err
	}
	step, arrays, err := exportArrays(run, o)
	if err != nil {
		return err
	}
	path := o.out
	if path == "" {
		path = fmt.Sprintf("%s-step-%08d.npz", filepath.Clean(run), step)
		if err := checkTarget(path); err != nil {
			return err
		}
	}
	if err := npy.WriteFile(path, arrays); err != nil {
		return err
	}
	st, err := os.Stat(path)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s: step %d, %d arrays, %d bytes\n", path, step, len(arrays), st.Size())
	return err
}
