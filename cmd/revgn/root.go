// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"revgn/internal/nearest"
)

// newRootCommand builds the whole command tree, writing to stdout and stderr.
func newRootCommand(stdout, stderr io.Writer) *cobra.Command {
	root := &cobra.Command{
		Use:   "revgn",
		Short: "Train reversible networks with certified exact Gauss-Newton steps",
		Long: `revgn trains reversible networks with exact Gauss-Newton steps, each with a
certificate: a number, computed in the same step, that says how exact it was.

Exit codes: 0 done, 1 error, 2 bad usage, 3 a check failed, 75 interrupted.`,
		Example:       "  revgn train\n  revgn train --preset mnist-minibatch --optimizer gn --steps 60\n  revgn verify",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.AddCommand(
		newTrainCommand(),
		newSweepCommand(),
		newVerifyCommand(),
		newBenchCommand(),
		newDataCommand(),
		newBackendCommand(),
		newAnalyzeCommand(),
		newExportCommand(),
		newReproduceCommand(),
		newReportCommand(),
		newCompareCommand(),
		newVersionCommand(),
	)
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.InitDefaultCompletionCmd() // which remembers where stdout is
	root.InitDefaultHelpCmd()
	strict(root)
	return root
}

// strict makes bad usage an error of one line with exit code 2 in cmd and all
// below it: an unknown flag, an unknown subcommand, wrong arguments.
func strict(cmd *cobra.Command) {
	cmd.SetFlagErrorFunc(flagError)
	if cmd.HasSubCommands() && !cmd.Runnable() {
		cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		cmd.Args = knownSubcommand
	}
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			err := check(cmd, args)
			var coded *exitError
			if err == nil || errors.As(err, &coded) {
				return err
			}
			return usageError(fmt.Errorf("%s: %w (see `%s --help`)", cmd.CommandPath(), err, cmd.CommandPath()))
		}
	}
	for _, sub := range cmd.Commands() {
		strict(sub)
	}
}

// knownSubcommand refuses what is left when no subcommand had the name.
func knownSubcommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, sub.Name())
		}
	}
	return usageError(fmt.Errorf("unknown command %q for %q; allowed: %s%s",
		args[0], cmd.CommandPath(), strings.Join(names, ", "), nearest.Hint(args[0], names)))
}

// flagError adds the nearest known flag, or where to look.
func flagError(cmd *cobra.Command, err error) error {
	if errors.Is(err, pflag.ErrHelp) {
		return err
	}
	hint := fmt.Sprintf(" (see `%s --help`)", cmd.CommandPath())
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
		hint = nearest.Hint("--"+unknown.GetSpecifiedName(), names) + hint
	}
	return usageError(fmt.Errorf("%s: %w%s", cmd.CommandPath(), err, hint))
}
