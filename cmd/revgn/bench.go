// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"revgn/internal/benchmark"
	"revgn/internal/config"
)

// benchOptions are what `revgn bench` has beyond the options of train.
type benchOptions struct {
	repeat, count, matmulSize int
	phases, random            bool
	vs, json                  string
	sweep                     []string
	analysis                  benchmark.Analysis
}

// newBenchCommand is `revgn bench`.
func newBenchCommand() *cobra.Command {
	var o benchOptions
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure steps: time, memory, share of the machine's matmul rate",
		Long: `Measure the step that the options of train ask for: compile time, the time of a
step (median and quartiles), its operations counted from the shapes, the machine's
own matmul rate on the same backend and the share of it that the step reaches, peak
memory, and the time of its phases. See docs/performance.md.

Options marked (list) take several values with commas between, and every combination of
them is measured.

Results go to stdout in Go's benchmark format, which benchstat reads; a table for
people and progress go to stderr.`,
		Example: "  revgn bench\n" +
			"  revgn bench --preset mnist-minibatch --optimizer gn,adam --json bench.json\n" +
			"  revgn bench --hidden 1000 --inverse split,min-norm --dtype f32,f64 --backend go,xla:cpu\n" +
			"  revgn bench --vs \"--inverse min-norm\"\n" +
			"  revgn bench --sweep batch-size=100,200,400 --sweep hidden=500,1000,2000",
		Args: noTrainArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			plan, err := o.plan(cmd.Flags())
			if err != nil {
				return usageError(err)
			}
			return runBench(cmd.Context(), plan, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	fs.IntVar(&o.repeat, "repeat", 0, "time N steps (default about 10 seconds of them, 5 to 500)")
	fs.IntVar(&o.count, "count", 1, "measure N times over, a line each")
	fs.BoolVar(&o.phases, "phases", true, "also time the phases of a step (not with --vs; with --sweep only if given)")
	fs.StringVar(&o.vs, "vs", "", "compare with the same options and these `FLAGS`, step by step in turn")
	fs.StringArrayVar(&o.sweep, "sweep", nil, "measure at several sizes and fit exponents: `NAME=N1,N2,...` of batch-size, hidden, blocks or width; may be given several times")
	fs.BoolVar(&o.random, "random", false, "use random inputs of the data set's shape, as is done where it is not there")
	o.analysis = benchmark.NoAnalysis
	fs.Var(config.Choice(&o.analysis, benchmark.Analyses()...), "analysis", "measure an analysis of the batch in place of a step: its tangent kernel, class-traced or of every pair of logits")
	fs.IntVar(&o.matmulSize, "matmul-size", 0, "rows of the square matrices whose product gives the matmul rate (default by speed, 2048 or more)")
	fs.StringVar(&o.json, "json", "", "also write all figures to this file")
	fs.AddFlagSet(stepFlags())
	completeFlags(cmd)
	return cmd
}

// benchPlan is what a command line asks for.
type benchPlan struct {
	benchOptions
	cases  []benchmark.Case
	others []benchmark.Case // those of --vs
	axes   []benchmark.Axis
	asJSON bool // progress
}

// plan checks a command line.
func (o benchOptions) plan(fs *pflag.FlagSet) (benchPlan, error) {
	p := benchPlan{benchOptions: o}
	if err := o.check(fs); err != nil {
		return p, err
	}
	p.phases = o.phases && o.analysis == benchmark.NoAnalysis && (fs.Changed("phases") || o.vs == "" && o.sweep == nil)
	var err error
	given := givenFlags(fs)
	if p.cases, err = resolveCases(given); err != nil {
		return p, err
	}
	for i := range p.cases {
		p.cases[i].Analysis = o.analysis
	}
	p.asJSON = p.cases[0].Options.LogFormat == "json"
	if o.vs != "" {
		if p.others, err = o.versus(given); err != nil {
			return p, fmt.Errorf("vs: %w", err)
		}
		for i := range p.others {
			p.others[i].Analysis = o.analysis
		}
		if len(p.cases) != 1 || len(p.others) != 1 {
			return p, fmt.Errorf("vs: got %d and %d option sets; it compares one with one, so give no lists", len(p.cases), len(p.others))
		}
	}
	for _, text := range o.sweep {
		axis, err := benchmark.ParseAxis(text)
		if err != nil {
			return p, err
		}
		p.axes = append(p.axes, axis)
	}
	for _, axis := range p.axes {
		for _, c := range p.cases {
			if err := axis.Check(c); err != nil {
				return p, err
			}
		}
	}
	return p, nil
}

func (o benchOptions) check(fs *pflag.FlagSet) error {
	for _, n := range []struct {
		name             string
		value, low, high int
	}{{"repeat", o.repeat, 0, 1e6}, {"count", o.count, 1, 1000}, {"matmul-size", o.matmulSize, 0, 65536}} {
		if n.value < n.low || n.value > n.high {
			return fmt.Errorf("%s: got %d; allowed: %d to %d", n.name, n.value, n.low, n.high)
		}
	}
	switch {
	case o.vs == "" && fs.Changed("vs"):
		return errors.New("vs: got nothing; want the flags to compare with, such as --vs \"--inverse min-norm\"")
	case o.vs != "" && o.sweep != nil:
		return errors.New("vs: got it together with sweep; give one of the two")
	case o.vs != "" && o.phases && fs.Changed("phases"):
		return errors.New("phases: got it together with vs, which times whole steps; give one of the two")
	case o.analysis != benchmark.NoAnalysis && o.phases && fs.Changed("phases"):
		return errors.New("phases: got it together with analysis, which has none; give one of the two")
	case o.vs != "" && o.count > 1:
		return errors.New("count: got it together with vs, whose pairs are what --repeat counts")
	}
	return nil
}
