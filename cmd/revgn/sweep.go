// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"revgn/internal/cluster"
	"revgn/internal/config"
)

// newSweepCommand is `revgn sweep`.
func newSweepCommand() *cobra.Command {
	var o sweepOptions
	cmd := &cobra.Command{
		Use:   "sweep [FILE.yaml | DIR]",
		Short: "Make many runs: axes of options, resumable, by many processes and hosts",
		Long: `Make many runs of train, one for every combination of the values of its
options, given as flags, in a FILE, or by the DIR of a sweep that goes on. See
docs/sweeps.md.

` + config.ListSyntax + `

Which run is which is decided by its options: the same command again goes on
with what was stopped and never repeats what is done. Any number of processes,
on any number of hosts that share the directory, can work on one sweep at the
same time.`,
		Example: "  revgn sweep --optimizer gn,adam --lr 0.1,0.3,1 --seed 0..4 --workers 4\n" +
			"  revgn sweep study.yaml --out runs/study --gpus 0,1\n" +
			"  revgn sweep plan --lr 1e-3..1:log5 --seed 0..2\n" +
			"  revgn sweep status runs/study --best test_acc",
		Args: sweepArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			g, err := o.gather(cmd, args)
			if err == nil {
				g.part, err = cluster.Choose(o.shard, os.Getenv)
			}
			if err != nil {
				return usageError(err)
			}
			return runSweep(cmd.Context(), g, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	o.addDefinition(cmd)
	o.addWork(cmd.Flags())
	cmd.Flags().StringVar(&o.shard, "shard", "", "make every n-th run only, from number i on, which counts from 0: `I/N`, or none for all (default by $REVGN_SHARD, a Slurm array, a Kubernetes Indexed Job)")
	o.addAxes(cmd)
	cmd.AddCommand(newSweepPlanCommand(), newSweepStatusCommand(), newSweepEmitCommand())
	return cmd
}

// sweepArgs takes at most one argument, and tells how an option is written and a switch takes its value.
func sweepArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 && (args[0] == "true" || args[0] == "false") {
		return noTrainArgs(cmd, args)
	}
	if len(args) > 1 {
		return fmt.Errorf("unexpected argument %q; want at most one, a file or the directory of a sweep%s", args[1], optionHint(cmd, args[1]))
	}
	if len(args) == 1 && optionHint(cmd, args[0]) != "" {
		if _, err := os.Stat(args[0]); err != nil {
			return fmt.Errorf("unexpected argument %q; want a file or the directory of a sweep%s", args[0], optionHint(cmd, args[0]))
		}
	}
	return nil
}

// sweepUsage shows the flags of the command itself, and the options of train as names alone.
func sweepUsage(own []string) func(*cobra.Command) error {
	return func(cmd *cobra.Command) error {
		w := cmd.OutOrStderr()
		fmt.Fprintf(w, "Usage:\n  %s\n", cmd.UseLine())
		if cmd.HasAvailableSubCommands() {
			fmt.Fprintln(w, "\nAvailable Commands:")
			for _, sub := range cmd.Commands() {
				if sub.IsAvailableCommand() {
					fmt.Fprintf(w, "  %-11s %s\n", sub.Name(), sub.Short)
				}
			}
		}
		fmt.Fprintf(w, "\nExamples:\n%s\n", cmd.Example)
		fmt.Fprintf(w, "\nFlags:\n%s", chosenFlags(cmd.Flags(), own).FlagUsagesWrapped(80))
		fmt.Fprintf(w, "\nOptions of train, with one value or several (see `revgn train --help`):\n%s\n",
			wrapped(flagNames(cmd.Flags(), own), 80, "  "))
		return nil
	}
}

// wrapped fills lines of so many columns with words.
func wrapped(words []string, columns int, indent string) string {
	var lines []string
	line := indent
	for i, word := range words {
		if i < len(words)-1 {
			word += ","
		}
		if len(line)+1+len(word) > columns && line != indent {
			lines, line = append(lines, line), indent
		}
		if line != indent {
			line += " "
		}
		line += word
	}
	return strings.Join(append(lines, line), "\n")
}
