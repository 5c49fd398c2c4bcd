// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"revgn/internal/config"
	"revgn/internal/record"
	"revgn/internal/sweep"
)

// newTrainCommand is `revgn train`.
func newTrainCommand() *cobra.Command {
	defaults := config.Default()
	cmd := &cobra.Command{
		Use:   "train",
		Short: "Train one network",
		Long: `Train one network and write a run directory.

Options come from a preset, then a YAML file (--config), then flags; each may
change what the one before said. Without any, revgn trains on the embedded digits.`,
		Example: "  revgn train\n" +
			"  revgn train --preset mnist-minibatch --optimizer gn --steps 60\n" +
			"  revgn train --preset cifar10-minibatch --blocks 2 --steps 3\n" +
			"  revgn train --config runs/NAME/config.yaml",
		Args: noTrainArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			opts, err := trainOptions(cmd.Flags())
			if err != nil {
				return err
			}
			return runTrain(cmd.Context(), opts, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	defaults.AddFlags(cmd.Flags())
	completeFlags(cmd)
	return cmd
}

// noTrainArgs refuses arguments, and tells how a switch takes its value: after an equals sign, not a space.
func noTrainArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 && (args[0] == "true" || args[0] == "false") {
		return fmt.Errorf("unexpected argument %q; a switch takes its value after an equals sign, such as --carry=%s", args[0], args[0])
	}
	return noArgs(cmd, args)
}

// trainOptions resolves the flags; what is wrong with them is bad usage.
func trainOptions(flags *pflag.FlagSet) (config.Options, error) {
	opts, err := config.Resolve(flags)
	if err == nil {
		err = trustBackend(flags, opts)
	}
	if err == nil && opts.Resume {
		err = checkSwept(opts)
	}
	return opts, usageError(err)
}

// checkSwept refuses to make a sweep's run longer: the sweep knows it by its options.
func checkSwept(o config.Options) error {
	in, swept := sweep.Holding(o.Out)
	if !swept || !record.Holds(o.Out) {
		return nil
	}
	was, err := config.Stored(o.Out)
	if err != nil || was.SameLength(o) {
		return err
	}
	return fmt.Errorf("resume: the run in %s belongs to the sweep in %s, which knows its runs by their options, the length among them; a longer run is another one (`revgn sweep` with another --epochs or --steps)",
		o.Out, record.Short(string(in)))
}
