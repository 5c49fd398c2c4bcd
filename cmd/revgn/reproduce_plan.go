// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"revgn/internal/progress"
	"revgn/internal/record"
	"revgn/internal/reproduce"
	"revgn/internal/sweep"
)

// newReproducePlanCommand is `revgn reproduce plan`.
func newReproducePlanCommand() *cobra.Command {
	var o reproduceOptions
	var measure bool
	cmd := &cobra.Command{
		Use:   "plan [CLAIM...]",
		Short: "Tell which runs a study would make, and how long they take",
		Long: `Tell which runs the same command without "plan" would make, what of them is there, and
about how long the rest takes on this machine. What is done tells how long others of its
kind take. Of every other kind four steps are made, in DIR/plan, where a second plan finds
them: that takes some seconds a kind, mostly for compiling, which the study itself then
need not do. Evaluations and probes come on top of such steps, about a third.`,
		Example: "  revgn reproduce plan --scale cpu\n  revgn reproduce plan 1 2 --scale cpu --task mnist --measure=false",
		Args:    cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			study, err := o.study(cmd.Flags(), args)
			if err != nil {
				return usageError(err)
			}
			return o.plan(cmd.Context(), study, measure, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	o.addFlags(cmd)
	cmd.Flags().BoolVar(&measure, "measure", true, "make some steps of every kind of which no run is done")
	return cmd
}

func (o reproduceOptions) plan(ctx context.Context, study reproduce.Study, measure bool, stdout, stderr io.Writer) error {
	s := reproduce.NewSession(study, o.takeover)
	prices, err := s.Known()
	if err != nil {
		return err
	}
	ui := progress.New(stderr, o.json())
	if lacking := o.lacking(study.Tasks); len(lacking) > 0 {
		ui.Note("data       %s; steps are not measured", lackingText(lacking))
		measure = false
	}
	trials, err := s.Trials(prices)
	if err != nil {
		return err
	}
	if err := o.tryAll(ctx, prices, trials, measure, ui); err != nil {
		return err
	}
	lines, err := s.Plan(prices)
	if err != nil {
		return err
	}
	if o.json() {
		return printJSON(stdout, planObjects(lines))
	}
	o.printPlan(stdout, lines, study)
	return nil
}

// tryAll measures what a step takes, of every kind that was not measured before. A kind that fails has no price.
func (o reproduceOptions) tryAll(ctx context.Context, prices reproduce.Prices, trials []reproduce.Trial, measure bool, ui progress.Reporter) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	defer ui.Stop()
	if measure && len(trials) > 0 {
		ui.Note("measuring  steps of %d kinds", len(trials))
	}
	for i, t := range trials {
		if prices.Read(t) == nil || !measure {
			continue
		}
		ui.Step(progress.Count(i, len(trials), "trial"))
		options, err := t.Options.Args()
		if err != nil {
			return err
		}
		args := append(append([]string{program, "train"}, options...), o.given...)
		cmd := o.child(append(args, "--out="+t.Dir, "--resume"), 0)
		if err := reproduce.Run(ctx, cmd, nil); err != nil && ctx.Err() != nil {
			return ctx.Err()
		} else if err != nil {
			ui.Note("warning: a step of %s could not be measured: %v", sweep.Kind(sweep.Run{Options: t.Options}), err)
			continue
		}
		if err := prices.Read(t); err != nil {
			ui.Note("warning: %v", err)
		}
	}
	return nil
}

func (o reproduceOptions) printPlan(w io.Writer, lines []reproduce.Line, study reproduce.Study) {
	t := table{head: []string{"task", "setting", "arm", "tuning", "judged", "there", "steps", "left"}, left: 3}
	var sum reproduce.Line
	sum.Priced = true
	for _, l := range lines {
		t.rows = append(t.rows, []string{l.Cell.Task, l.Cell.Setting.Name, l.Cell.Arm.Name, fmt.Sprint(l.Tuning), fmt.Sprint(l.Judged), fmt.Sprint(l.Over), fmt.Sprint(l.Steps), leftText(l)})
		sum.Tuning, sum.Judged, sum.Over, sum.Seconds = sum.Tuning+l.Tuning, sum.Judged+l.Judged, sum.Over+l.Over, sum.Seconds+l.Seconds
		sum.Priced = sum.Priced && l.Priced
	}
	t.print(w)
	fmt.Fprintf(w, "\nruns       %d: %d by which rates are chosen, %d that are judged; %d are there\n", sum.Tuning+sum.Judged, sum.Tuning, sum.Judged, sum.Over)
	fmt.Fprintf(w, "study      %s\n", record.Short(study.Dir))
	seconds := progress.Clock(time.Duration(sum.Seconds / float64(o.atOnce()) * float64(time.Second)))
	switch {
	case sum.Over == sum.Tuning+sum.Judged:
		fmt.Fprintf(w, "time       none: everything is done\n")
	case sum.Seconds == 0:
		fmt.Fprintf(w, "time       not known: nothing of these kinds was measured\n")
	case sum.Priced:
		fmt.Fprintf(w, "time       about %s with %d at a time\n", seconds, o.atOnce())
	default:
		fmt.Fprintf(w, "time       about %s with %d at a time, and what is of a kind that was not measured\n", seconds, o.atOnce())
	}
}

func leftText(l reproduce.Line) string {
	switch {
	case l.With != "":
		return "with " + l.With
	case l.Over == l.Tuning+l.Judged:
		return ""
	case !l.Priced:
		return "?"
	}
	return progress.Clock(time.Duration(l.Seconds * float64(time.Second)))
}

// planObject is a line of a plan for machines.
type planObject struct {
	Task    string   `json:"task"`
	Setting string   `json:"setting"`
	Arm     string   `json:"arm"`
	Tuning  int      `json:"tuning"`
	Judged  int      `json:"judged"`
	Over    int      `json:"over"`
	Steps   int      `json:"steps"`
	Seconds *float64 `json:"seconds_left,omitempty"`
	With    string   `json:"with,omitempty"` // the arm that its runs are counted with
}

func planObjects(lines []reproduce.Line) []planObject {
	var all []planObject
	for _, l := range lines {
		p := planObject{l.Cell.Task, l.Cell.Setting.Name, l.Cell.Arm.Name, l.Tuning, l.Judged, l.Over, l.Steps, nil, l.With}
		if l.Priced {
			p.Seconds = &l.Seconds
		}
		all = append(all, p)
	}
	return all
}
