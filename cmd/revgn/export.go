// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"revgn/internal/npy"
	"revgn/internal/runs"
)

// exportOptions are the options of `revgn export`.
type exportOptions struct {
	step  int // runs.Newest: the newest checkpoint
	out   string
	batch bool
}

func (o exportOptions) validate() error {
	switch {
	case o.step < runs.Newest:
		return fmt.Errorf("step: got %d; allowed: 0 (the initial network) or more, or -1 for the newest checkpoint", o.step)
	case o.batch && o.step == 0:
		return errors.New("batch: the initial network has seen no batch; export a later --step for the batch that led to it")
	}
	return nil
}

// newExportCommand is `revgn export`.
func newExportCommand() *cobra.Command {
	var o exportOptions
	cmd := &cobra.Command{
		Use:   "export RUN",
		Short: "Write a checkpoint of a run as arrays",
		Long: `Write a checkpoint of a run as an .npz file that numpy.load reads:
block0.f.C (d,h), block0.f.W (h,d), block0.f.b (d), ..., block0.g.*, readout.U (D,K),
for a linearised or scaled network also block0.f.W0, block0.f.b0, ..., the weights it starts from.
With --batch also batch.x (B,D) and batch.y (B), the batch of the step that led to
the checkpoint, so that the step can be recomputed elsewhere.`,
		Example: "  revgn export runs/NAME\n  revgn export runs/NAME --step 0 --out before.npz\n  revgn export runs/NAME --step 1 --batch --out after.npz",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.validate(); err != nil {
				return usageError(err)
			}
			return runExport(args[0], o, cmd.OutOrStdout())
		},
	}
	cmd.Flags().IntVar(&o.step, "step", runs.Newest, "checkpoint of step N, 0 the initial network (-1: the newest)")
	cmd.Flags().StringVar(&o.out, "out", "", "file to write (default RUN-step-NNNNNNNN.npz beside the run)")
	cmd.Flags().BoolVar(&o.batch, "batch", false, "also write the batch of the step that led to the checkpoint")
	return cmd
}

// runExport writes the arrays and prints where.
func runExport(run string, o exportOptions, stdout io.Writer) error {
	step, arrays, err := exportArrays(run, o)
	if err != nil {
		return err
	}
	path := o.out
	if path == "" {
		path = fmt.Sprintf("%s-step-%08d.npz", filepath.Clean(run), step)
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
