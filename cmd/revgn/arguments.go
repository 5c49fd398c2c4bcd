// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"revgn/internal/nearest"
	"revgn/internal/number"
)

// noArgs refuses arguments.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("unexpected argument %q; it takes flags alone%s", args[0], optionHint(cmd, args[0]))
	}
	return nil
}

// many is no bound on the number of arguments.
const many = math.MaxInt

// counted takes from low to high arguments, each a thing of that name; give says what is wanted instead.
func counted(low, high int, thing, give string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch n := len(args); {
		case n >= low && n <= high:
			return nil
		case n == 0:
			return fmt.Errorf("got no %s; give %s", thing, give)
		default:
			return fmt.Errorf("got %s; give %s", number.Plural(n, thing), give)
		}
	}
}

// optionHint tells how an option is written, where an argument is one of cmd without dashes, such as lr=0.1.
func optionHint(cmd *cobra.Command, arg string) string {
	name, _, valued := strings.Cut(strings.TrimLeft(arg, "+"), "=")
	if !valued || cmd.Flags().Lookup(name) == nil {
		return ""
	}
	return "; options begin with two dashes: --" + strings.TrimLeft(arg, "+")
}

// subcommandHint tells of a command whose name the first argument of its parent comes close to.
func subcommandHint(cmd *cobra.Command, args []string) string {
	if len(args) == 0 {
		return ""
	}
	return nearest.Hint(args[0], subcommands(cmd))
}

// subcommands are the names of the commands below one.
func subcommands(cmd *cobra.Command) []string {
	var names []string
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, sub.Name())
		}
	}
	return names
}

// knownSubcommand refuses what is left when no subcommand had the name.
func knownSubcommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	names := subcommands(cmd)
	return usageError(fmt.Errorf("unknown command %q; allowed: %s%s", args[0], strings.Join(names, ", "), nearest.Hint(args[0], names)))
}

// newHelpCommand is `revgn help`, which is the --help of another command.
func newHelpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Show the help of a command",
		RunE: func(cmd *cobra.Command, args []string) error {
			about, err := commandAt(cmd.Root(), args)
			if err != nil {
				return err
			}
			return about.Help()
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			about, err := commandAt(cmd.Root(), args)
			if err != nil {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var names []string
			for _, sub := range about.Commands() {
				if sub.IsAvailableCommand() {
					names = append(names, cobra.CompletionWithDesc(sub.Name(), sub.Short))
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// commandAt is the command that names lead to.
func commandAt(root *cobra.Command, names []string) (*cobra.Command, error) {
	at := root
	for i, name := range names {
		subs := at.Commands()
		found := slices.IndexFunc(subs, func(c *cobra.Command) bool { return c.Name() == name })
		if found < 0 {
			return nil, knownSubcommand(at, names[i:])
		}
		at = subs[found]
	}
	return at, nil
}
