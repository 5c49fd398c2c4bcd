// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"revgn/internal/config"
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
	root.SetHelpCommand(newHelpCommand())
	root.InitDefaultHelpCmd()
	root.Version = versionText(newVersion())
	root.SetVersionTemplate("{{.Version}}")
	strict(root)
	completeAll(root)
	return root
}

// strict makes bad usage an error of one line with exit code 2 in cmd and all
// below it: an unknown flag, an unknown subcommand, wrong arguments.
func strict(cmd *cobra.Command) {
	cmd.SetFlagErrorFunc(flagError)
	if cmd.HasSubCommands() && !cmd.Runnable() {
		cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		cmd.Args = knownSubcommand
		cmd.SetFlagErrorFunc(groupFlagError)
	}
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			err := check(cmd, args)
			var coded *exitError
			if err == nil || errors.As(err, &coded) {
				return err
			}
			return usageError(fmt.Errorf("%w (see `%s --help`)", err, cmd.CommandPath()))
		}
	}
	for _, sub := range cmd.Commands() {
		strict(sub)
	}
}

// flagError adds the nearest known flag, or where to look.
func flagError(cmd *cobra.Command, err error) error {
	if errors.Is(err, pflag.ErrHelp) {
		return err
	}
	hint := flagHint(cmd.Flags(), err)
	if name := unknownFlag(err); commandName(cmd) == "bench" && slices.Contains(unmeasured(), name) {
		hint = unmeasuredHint(name)
	}
	if commandName(cmd) == "train" {
		hint += severalHint(err)
	}
	return usageError(fmt.Errorf("%w%s (see `%s --help`)", err, hint, cmd.CommandPath()))
}

// unknownFlag is the name of the flag that an error says is none, "" for other errors.
func unknownFlag(err error) string {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return ""
	}
	return unknown.GetSpecifiedName()
}

// flagHint tells what may have been meant by a flag that is none.
func flagHint(fs *pflag.FlagSet, err error) string {
	var names []string
	fs.VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if found := nearest.Name(unknownFlag(err), names); found != "" {
		return fmt.Sprintf("; did you mean %q?", "--"+found)
	}
	return ""
}

// severalHint tells how several values are given, where an error is of a value that is a list of them.
func severalHint(err error) string {
	var invalid *pflag.InvalidValueError
	if !errors.As(err, &invalid) {
		return ""
	}
	list := config.NewList(invalid.GetFlag().Value) // of a command line that is refused, so that it may be set
	if list.Set(invalid.GetValue()) != nil || len(list.Values()) < 2 {
		return ""
	}
	return fmt.Sprintf("; several runs are `revgn sweep --%s %s`", invalid.GetFlag().Name, invalid.GetValue())
}

// groupFlagError is that of a command that only has others below it: a flag that it does not know was meant for one of them, whose name is what was mistaken.
func groupFlagError(cmd *cobra.Command, err error) error {
	if unknown := knownSubcommand(cmd, cmd.Flags().Args()); unknown != nil && !errors.Is(err, pflag.ErrHelp) {
		return unknown
	}
	return flagError(cmd, err)
}
