// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"revgn/internal/number"
	"revgn/internal/progress"
	"revgn/internal/record"
	"revgn/internal/sweep"
)

// newSweepPlanCommand is `revgn sweep plan`.
func newSweepPlanCommand() *cobra.Command {
	var o sweepOptions
	cmd := &cobra.Command{
		Use:   "plan [FILE.yaml | DIR]",
		Short: "Tell which runs a sweep would make, and how long that takes",
		Long: `Tell which runs the same command without "plan" would make, what of them is
there, and about how long the rest takes: by runs of the same kind in the same
directory that are done, or by the time of a step that is stated. Nothing is
written.`,
		Example: "  revgn sweep plan --optimizer gn,adam --lr 0.1,0.3,1 --seed 0..4\n" +
			"  revgn sweep plan study.yaml --step-time 30ms --workers 4",
		Args: sweepArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			g, err := o.gather(cmd, args)
			if err != nil {
				return usageError(err)
			}
			return g.plan(cmd.OutOrStdout())
		},
	}
	o.addDefinition(cmd)
	cmd.Flags().DurationVar(&o.stepTime, "step-time", 0, "`DURATION` that a step takes, such as 30ms (which revgn bench measures), where no run is done that tells")
	o.addAxes(cmd)
	return cmd
}

func (g gathered) plan(w io.Writer) error {
	states, err := g.look()
	if err != nil {
		return err
	}
	if g.json() {
		return g.printSweepJSON(w, states, nil)
	}
	printStates(w, g.runs, states)
	c := countStates(states)
	fmt.Fprintf(w, "\nruns       %s%s\n", c, g.combined())
	fmt.Fprintf(w, "sweep      %s\n", record.Short(string(g.dir)))
	if len(g.contests) > 1 {
		for i, contest := range g.contests {
			label := ""
			if i == 0 {
				label = "budget"
			}
			fmt.Fprintf(w, "%-10s %s %s: %s, %s\n", label, g.groupBy, contest.Group, number.Plural(len(contest.Sets), "option set"), number.Plural(contest.Runs(), "run"))
		}
	}
	fmt.Fprintf(w, "time       %s\n", g.estimate(states))
	for _, warning := range g.warnings() {
		fmt.Fprintf(w, "warning: %s\n", warning)
	}
	return nil
}

func (g gathered) estimate(states []sweep.State) string {
	known, knownStates := g.runs, states
	if all, err := g.dir.Read(); err == nil { // runs that this command does not ask for tell too
		if allStates, err := (gathered{dir: g.dir, runs: all}).look(); err == nil {
			known, knownStates = all, allStates
		}
	}
	left, basis, ok := sweep.NewPrices(known, knownStates, g.stepTime).Left(g.runs, states, g.atOnce())
	switch {
	case !ok && g.stepTime > 0:
		return "no estimate: the number of steps is not known before the first run, for nothing but the data tell how many samples there are"
	case !ok:
		return "no estimate: no run is done yet (--step-time states what a step takes)"
	case countStates(states).ended() == len(states):
		return "none: everything is done"
	}
	workers := "one worker"
	if n := g.atOnce(); n > 1 {
		workers = fmt.Sprintf("%d workers", n)
	}
	return fmt.Sprintf("about %s with %s, by %s", progress.Clock(left), workers, basis)
}
