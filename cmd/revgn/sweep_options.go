// SPDX-License-Identifier: Apache-2.0

package main

import (
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"revgn/internal/config"
	"revgn/internal/sweep"
)

// sweepOptions are those of `revgn sweep` and `revgn sweep plan` beside the options of train.
type sweepOptions struct {
	out, best, groupBy              string
	budget                          int
	skipInvalid                     bool
	workers, threads, retries, nice int
	gpus                            []string
	failFast, wait                  bool
	takeover, timeLimit, stepTime   time.Duration
	shard                           string // --shard as given
	logFormat                       config.Options
}

// addDefinition adds what decides which runs there are.
func (o *sweepOptions) addDefinition(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.SortFlags = false
	fs.StringVar(&o.out, "out", "", "`DIR` of the sweep (default runs/sweep-ID, where the ID is that of the runs, or runs/NAME for NAME.yaml)")
	fs.IntVarP(&o.workers, "workers", "j", 0, "make `N` runs at a time, each in a process of its own (default 1, or one a GPU)")
	fs.StringVar(&o.best, "best", "", "tell the best option set of every group by `METRIC`: "+strings.Join(sweep.MetricNames(), ", "))
	fs.StringVar(&o.groupBy, "group-by", "optimizer", "the `OPTION` whose values --best and --budget compare")
	fs.IntVar(&o.budget, "budget", 0, "of every group make only `N` option sets, drawn at random but the same everywhere, each with all its seeds; 0: all")
	fs.BoolVar(&o.skipInvalid, "skip-invalid", false, "leave out combinations that cannot hold")
	o.logFormat = config.Default()
	o.logFormat.AddLogFlag(fs)
}

// addWork adds how they are made.
func (o *sweepOptions) addWork(fs *pflag.FlagSet) {
	o.addChildren(fs)
	fs.BoolVar(&o.failFast, "fail-fast", false, "stop everything when a run has failed")
	fs.BoolVar(&o.wait, "wait", true, "stay while other processes work on the last runs, to take over what they leave")
}

// addChildren adds what the processes of runs are given.
func (o *sweepOptions) addChildren(fs *pflag.FlagSet) {
	fs.StringSliceVar(&o.gpus, "gpus", nil, "`LIST` of CUDA devices to give to workers in turn, such as 0,1")
	fs.IntVar(&o.threads, "threads", 0, "let a worker of the Go backend use `N` processors at a time (default all, divided by the workers)")
	fs.IntVar(&o.nice, "nice", 0, "run the workers at niceness `N`, 1 to 19")
	fs.IntVar(&o.retries, "retries", 1, "try a run that fails `N` times again; one that diverged would do so again")
	fs.DurationVar(&o.takeover, "takeover-after", time.Minute, "take over runs of other hosts that were not heard of for so long")
	fs.DurationVar(&o.timeLimit, "time-limit", 0, "save and end with exit code 75 after so long, such as 90m; 0: no limit")
}

// addAxes adds the options of train, each a list, and the help that keeps them short.
func (o *sweepOptions) addAxes(cmd *cobra.Command) {
	var own []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { own = append(own, f.Name) })
	cmd.Flags().AddFlagSet(sweep.Options())
	cmd.SetUsageFunc(sweepUsage(append(own, "help")))
	completeFlags(cmd)
}

// chosenFlags are those of the names.
func chosenFlags(fs *pflag.FlagSet, names []string) *pflag.FlagSet {
	out := pflag.NewFlagSet("own", pflag.ContinueOnError)
	out.SortFlags = false
	fs.VisitAll(func(f *pflag.Flag) {
		if slices.Contains(names, f.Name) {
			out.AddFlag(f)
		}
	})
	return out
}

// flagNames are the flags that are not of the names.
func flagNames(fs *pflag.FlagSet, but []string) []string {
	var names []string
	fs.VisitAll(func(f *pflag.Flag) {
		if !slices.Contains(but, f.Name) {
			names = append(names, "--"+f.Name)
		}
	})
	return names
}

// atOnce is how many runs are made at a time.
func (o sweepOptions) atOnce() int {
	switch {
	case o.workers > 0:
		return o.workers
	case len(o.gpus) > 0:
		return len(o.gpus)
	}
	return 1
}
