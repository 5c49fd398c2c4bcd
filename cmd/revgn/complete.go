// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"io"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"revgn/data"
	"revgn/internal/backend"
	"revgn/internal/claims"
	"revgn/internal/sweep"
)

// completeFlags offers the values of enumerated options to the shell.
func completeFlags(cmd *cobra.Command) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		values, ok := f.Value.(interface{ Allowed() []string })
		if !ok || len(values.Allowed()) == 0 {
			return
		}
		// The only error is a second registration, which this loop cannot make.
		_ = cmd.RegisterFlagCompletionFunc(f.Name, cobra.FixedCompletions(values.Allowed(), cobra.ShellCompDirectiveNoFileComp))
	})
}

// completeAll offers arguments, and values of options that are not enumerated, of cmd and all below it.
func completeAll(cmd *cobra.Command) {
	if fn := argumentCompletions()[commandName(cmd)]; fn != nil {
		cmd.ValidArgsFunction = fn
	}
	flags := flagCompletions()
	if cmd.Name() == "export" {
		delete(flags, "out") // a file there
	}
	for name, fn := range flags {
		if cmd.Flag(name) == nil {
			continue
		}
		if _, there := cmd.GetFlagCompletionFunc(name); !there {
			_ = cmd.RegisterFlagCompletionFunc(name, fn) // the only errors are those of the two questions before
		}
	}
	for _, sub := range cmd.Commands() {
		completeAll(sub)
	}
}

const (
	withFiles    = cobra.ShellCompDirectiveDefault
	withoutFiles = cobra.ShellCompDirectiveNoFileComp
	directories  = cobra.ShellCompDirectiveFilterDirs
)

// argumentCompletions are what stands for the arguments of commands.
func argumentCompletions() map[string]cobra.CompletionFunc {
	all := map[string]cobra.CompletionFunc{
		"backend install": cobra.FixedCompletions(installable(), withoutFiles),
		"backend info":    cobra.FixedCompletions(backend.Names(), withFiles),
		"data get":        cobra.FixedCompletions(publishedDataSets(), withoutFiles),
		"data info":       cobra.FixedCompletions(data.Names(), withoutFiles),
	}
	for _, name := range []string{"sweep", "sweep plan", "sweep emit slurm", "sweep emit kubernetes"} {
		all[name] = cobra.FixedCompletions(nil, withFiles)
	}
	for _, name := range []string{"sweep status", "report", "compare", "export", "analyze ntk", "analyze cka", "analyze weights", "analyze features", "analyze batches"} {
		all[name] = cobra.FixedCompletions(nil, directories)
	}
	for _, name := range []string{"reproduce", "reproduce plan"} {
		all[name] = cobra.FixedCompletions(claimNames(), withoutFiles)
	}
	return all
}

// flagCompletions are what stands for the values of options, by name.
func flagCompletions() map[string]cobra.CompletionFunc {
	all := map[string]cobra.CompletionFunc{
		"backend": cobra.FixedCompletions(backend.Names(), withFiles),
		"dataset": cobra.FixedCompletions(data.Names(), withoutFiles),
		"dtype":   cobra.FixedCompletions([]string{"f32", "f64"}, withoutFiles),
		"best":    cobra.FixedCompletions(sweep.MetricNames(), withoutFiles),
		"task":    cobra.FixedCompletions(taskNames(), withoutFiles),
		"config":  cobra.FixedCompletions([]string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt),
	}
	var scales []string
	for _, s := range claims.Scales() {
		scales = append(scales, string(s))
	}
	all["scale"] = cobra.FixedCompletions(scales, withoutFiles)
	for _, name := range []string{"out", "data-dir", "dir", "nvidia-dir", "mlflow", "floor"} {
		all[name] = cobra.FixedCompletions(nil, directories)
	}
	return all
}

// claimNames are all claims and variations.
func claimNames() []string {
	var names []string
	for _, c := range claims.Claims() {
		names = append(names, c.ID, c.Name())
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// taskNames are those of all scales.
func taskNames() []string {
	var names []string
	for _, s := range claims.Scales() {
		for _, t := range claims.Tasks(s) {
			names = append(names, t.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// completing tells whether a command line is a shell's question.
func completing(args []string) bool {
	return len(args) > 0 && args[0] == cobra.ShellCompRequestCmd
}

// plainWriter drops the quotes that name the values of options: a shell shows descriptions as they are.
type plainWriter struct{ io.Writer }

func (w plainWriter) Write(p []byte) (int, error) {
	if _, err := w.Writer.Write(bytes.ReplaceAll(p, []byte("`"), nil)); err != nil {
		return 0, err
	}
	return len(p), nil
}
