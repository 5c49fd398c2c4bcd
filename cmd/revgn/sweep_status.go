// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"revgn/internal/config"
	"revgn/internal/lease"
	"revgn/internal/sweep"
)

// newSweepStatusCommand is `revgn sweep status`.
func newSweepStatusCommand() *cobra.Command {
	var g gathered
	cmd := &cobra.Command{
		Use:   "status DIR",
		Short: "Tell how the runs of a sweep stand",
		Long: `Tell how the runs of a sweep stand, as their directories say, while it goes or
later: done, diverged (it came to a number that is not finite), failed, running,
interrupted (it was told to stop), stopped (whoever worked on it died), waiting.`,
		Example: "  revgn sweep status runs/study\n  revgn sweep status runs/study --best test_acc",
		Args:    counted(1, 1, "sweep", "the directory of one sweep, such as runs/NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := g.open(args[0]); err != nil {
				return err
			}
			return g.status(cmd.OutOrStdout())
		},
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	fs.StringVar(&g.best, "best", "", "also tell the best option set of every group by `METRIC`: "+strings.Join(sweep.MetricNames(), ", "))
	fs.StringVar(&g.groupBy, "group-by", "optimizer", "the `OPTION` whose values --best compares")
	g.logFormat = config.Default()
	g.logFormat.AddLogFlag(fs)
	cmd.SetUsageFunc(new(cobra.Command).UsageFunc()) // not that of sweep, which lists its options
	completeFlags(cmd)
	return cmd
}

// open reads the runs of a directory.
func (g *gathered) open(dir string) error {
	err := g.check()
	if err == nil && g.best != "" {
		if g.metric, err = sweep.ParseMetric(g.best); err != nil {
			err = fmt.Errorf("best: %w", err)
		}
	}
	if err != nil {
		return usageError(err)
	}
	g.dir = sweep.Directory(dir)
	g.runs, err = g.dir.Read()
	return err
}

func (g gathered) status(w io.Writer) error {
	states, err := g.look()
	if err != nil {
		return err
	}
	if g.json() {
		return g.printSweepJSON(w, states, nil)
	}
	printStates(w, g.runs, states)
	fmt.Fprintf(w, "\n%s\n", countStates(states))
	if g.best != "" {
		g.printBest(w, states)
	}
	return nil
}

// look reads how the runs stand, without waiting for signs of life.
func (g gathered) look() ([]sweep.State, error) {
	room, err := lease.Open(g.dir.Locks(), time.Minute)
	if err != nil {
		return nil, err
	}
	return g.dir.States(g.runs, room), nil
}
