// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"revgn/internal/claims"
	"revgn/internal/config"
	"revgn/internal/lease"
	"revgn/internal/reproduce"
)

// reproduceOptions are those of `revgn reproduce` and `revgn reproduce plan`.
type reproduceOptions struct {
	sweepOptions // of which it has how runs are made
	scale        string
	tasks        []string
	on           config.Options // the machine's options of train
	given        []string       // those of them that were given
}

// newReproduceCommand is `revgn reproduce`.
func newReproduceCommand() *cobra.Command {
	var o reproduceOptions
	cmd := &cobra.Command{
		Use:   "reproduce [CLAIM...]",
		Short: "Put the paper's claims to the test: runs, verdicts, a page",
		Long: `Make the runs that the claims of arXiv 2411.07979 need, and say of each whether it
HOLDS, FAILS or is INCONCLUSIVE, with effect, 95 % interval, paired test and the share
of certified-exact steps behind it. What is measured, the thresholds, and what of it was
changed when first results were known stand in docs/claims.md; ` + "`revgn reproduce list`" + `
tells what there is.

A CLAIM is a number such as 2, with all its variations, or one of these such as 2:exact;
none means all. Scales: smoke, the digits, which shows in minutes that everything works
and little of the paper; cpu, on two cores: MNIST at reduced width, about a day (--task
mnist is that alone), and 8000 images of CIFAR-10, some days; paper, the published sizes,
for a GPU.

It can be stopped at any time: the same command goes on, and what is done is never done
again. Several processes, on hosts that share the directory, work on it together.`,
		Example: "  revgn reproduce --scale smoke\n  revgn reproduce 1 2 --scale cpu --out study --time-limit 2h\n  revgn reproduce plan --scale cpu",
		Args:    cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			study, err := o.study(cmd.Flags(), args)
			if err != nil {
				return usageError(fmt.Errorf("%w%s", err, subcommandHint(cmd, args)))
			}
			return runReproduce(cmd.Context(), o, study, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	o.addFlags(cmd)
	cmd.AddCommand(newReproduceListCommand(), newReproducePlanCommand())
	return cmd
}

// addFlags adds what decides which runs there are, and what they find on the machine.
func (o *reproduceOptions) addFlags(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.SortFlags = false
	var scales []string
	for _, s := range claims.Scales() {
		scales = append(scales, string(s))
	}
	fs.StringVar(&o.scale, "scale", string(claims.Smoke), "how large the runs are: `SCALE` is "+strings.Join(scales, "|"))
	fs.StringVar(&o.out, "out", "", "`DIR` of the study (default runs/reproduce-SCALE)")
	fs.StringSliceVar(&o.tasks, "task", nil, "data sets to make the runs on, such as mnist (default all of the scale)")
	fs.IntVarP(&o.workers, "workers", "j", 0, "make `N` runs at a time, each in a process of its own (default one a processor at smoke, at most 8, else 1, or one a GPU)")
	o.on = config.Default()
	o.on.AddMachineFlags(fs)
	fs.Lookup("data-dir").Usage = "where data sets lie (default where train looks for them)"
	fs.Lookup("memory-limit").Usage = "memory that a run or an analysis may take; auto is most of what the host has left"
	o.addChildren(fs)
}

// study says what is asked for.
func (o *reproduceOptions) study(fs *pflag.FlagSet, args []string) (reproduce.Study, error) {
	var s reproduce.Study
	o.logFormat, o.groupBy = o.on, "optimizer"
	if err := o.sweepOptions.check(); err != nil {
		return s, err
	}
	var err error
	if s.Scale, err = claims.ParseScale(o.scale); err != nil {
		return s, fmt.Errorf("scale: %w", err)
	}
	if s.Claims, err = reproduce.SelectClaims(args); err != nil {
		return s, err
	}
	if s.Tasks, err = reproduce.SelectTasks(s.Scale, o.tasks); err != nil {
		return s, err
	}
	if s.Dir = o.out; s.Dir == "" {
		s.Dir = filepath.Join("runs", "reproduce-"+o.scale)
	}
	if stat, err := os.Stat(s.Dir); err == nil && !stat.IsDir() {
		return s, fmt.Errorf("out: %s is no directory", s.Dir)
	}
	if fs.Changed("backend") {
		s.Extra = append(s.Extra, claims.Option{Name: "backend", Value: o.on.Backend})
	}
	if err := s.Check(); err != nil {
		return s, err
	}
	if o.takeover < lease.Shortest {
		return s, fmt.Errorf("takeover-after: got %s; allowed: %s or more", o.takeover, lease.Shortest)
	}
	if o.workers == 0 && len(o.gpus) == 0 && s.Scale == claims.Smoke {
		o.workers = min(runtime.GOMAXPROCS(0), 8)
	}
	return s, o.gatherMachine(fs)
}

// gatherMachine keeps the options of train that are this machine's matter, for every run and analysis.
func (o *reproduceOptions) gatherMachine(fs *pflag.FlagSet) error {
	for _, name := range []string{"data-dir", "offline", "memory-limit", "backend"} {
		f := fs.Lookup(name)
		if f == nil {
			return errors.New("no option " + name)
		}
		if f.Changed {
			o.given = append(o.given, "--"+name+"="+f.Value.String())
		}
	}
	return nil
}
