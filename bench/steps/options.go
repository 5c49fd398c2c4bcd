// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"revgn/internal/config"
	"revgn/internal/nearest"
)

// options are those of the command line.
type options struct {
	out, revgn, preset, backend, dataDir, write string

	hidden, steps, extend int
	seeds                 []uint
	only                  []string
	plan, keep, merge     bool

	given string // those that decide the numbers and are not the default, as a command line has them
}

// flagSet declares the options, bound to o, with their defaults.
func (o *options) flagSet() *pflag.FlagSet {
	fs := pflag.NewFlagSet("steps", pflag.ContinueOnError)
	fs.SortFlags = false
	fs.StringVar(&o.out, "out", "", "directory of the runs; those in it that ended are not repeated (required)")
	fs.StringVar(&o.revgn, "revgn", "bin/revgn", "the program to run")
	fs.StringVar(&o.preset, "preset", "mnist-minibatch", "preset of every run: "+strings.Join(config.PresetNames(), ", "))
	fs.IntVar(&o.hidden, "hidden", 0, "width of the frozen expansion; 0: the preset's")
	fs.IntVar(&o.steps, "steps", 60, "steps of every run")
	fs.UintSliceVar(&o.seeds, "seeds", []uint{42, 43, 44}, "seeds; the first one also chooses the rates")
	fs.IntVar(&o.extend, "extend", 3, "how often a grid may grow where the best rate lies at its edge")
	fs.StringSliceVar(&o.only, "only", nil, "run only these methods; the table still holds all whose runs are there")
	fs.StringVar(&o.dataDir, "data-dir", "", "where data sets lie; default revgn's own")
	fs.StringVar(&o.backend, "backend", "auto", "where the arithmetic runs")
	fs.StringVar(&o.write, "write", "", "also rewrite the section of this document that holds the table, such as docs/steps.md")
	fs.BoolVar(&o.merge, "merge", false, "keep the lines that the document of --write holds of methods without runs here")
	fs.BoolVar(&o.plan, "plan", false, "print the runs, what is missing and about how long it takes; run nothing")
	fs.BoolVar(&o.keep, "keep-checkpoints", false, "do not remove the checkpoints of runs that ended")
	return fs
}

// parseOptions reads args and refuses what would fail later: unknown methods, and flags that revgn of this source does not take.
func parseOptions(args []string, known []method, stderr io.Writer) (options, error) {
	var o options
	fs := o.flagSet()
	fs.Usage = func() {
		fmt.Fprintf(stderr, "Compare the steps and the baselines, each at its best learning rate.\n\nUsage:\n  steps --out DIR [options]\n\nOptions:\n%s\nMethods:\n  %s\n",
			fs.FlagUsages(), strings.Join(names(known), ", "))
	}
	if err := fs.Parse(args); err != nil {
		if err == pflag.ErrHelp {
			return o, err
		}
		return o, usageError{fmt.Errorf("%w (see --help)", err)}
	}
	if fs.NArg() > 0 {
		return o, usageError{fmt.Errorf("unexpected argument %q; options start with --", fs.Arg(0))}
	}
	if err := o.validate(known); err != nil {
		return o, usageError{err}
	}
	o.given = deviations(fs)
	return o, nil
}

// deviations are the options that decide the numbers where they are not the defaults.
func deviations(fs *pflag.FlagSet) string {
	var args []string
	for _, name := range []string{"preset", "hidden", "steps", "seeds", "extend", "backend"} {
		if f := fs.Lookup(name); f.Value.String() != f.DefValue {
			args = append(args, "--"+name+" "+strings.Trim(f.Value.String(), "[]"))
		}
	}
	return strings.Join(args, " ")
}

func (o *options) validate(known []method) error {
	switch {
	case o.out == "":
		return fmt.Errorf("out: got none; give a directory for the runs, such as --out runs/steps")
	case o.steps < 1:
		return fmt.Errorf("steps: got %d; allowed: 1 or more", o.steps)
	case o.merge && o.write == "":
		return fmt.Errorf("merge: there is no document to merge with; name it with --write")
	case o.extend < 0:
		return fmt.Errorf("extend: got %d; allowed: 0 or more", o.extend)
	case len(o.seeds) == 0:
		return fmt.Errorf("seeds: got none; give one or more, such as --seeds 42,43,44")
	}
	if _, err := config.Preset(o.preset, config.GN); err != nil {
		return err
	}
	for i, seed := range o.seeds {
		if slices.Contains(o.seeds[:i], seed) {
			return fmt.Errorf("seeds: got %d twice; a mean over seeds wants each once", seed)
		}
	}
	for _, name := range o.only {
		if !slices.Contains(names(known), name) {
			return fmt.Errorf("only: got %q; allowed: %s%s", name, strings.Join(names(known), ", "), nearest.Hint(name, names(known)))
		}
	}
	for _, m := range known {
		if err := o.resolve(m); err != nil {
			return fmt.Errorf("method %s: %w", m.name, err)
		}
	}
	return nil
}

// resolve checks a method's command line as revgn will, before anything is run.
func (o *options) resolve(m method) error {
	defaults := config.Default()
	fs := pflag.NewFlagSet("train", pflag.ContinueOnError)
	defaults.AddFlags(fs)
	if err := fs.Parse(o.arguments(m, trial{m.grid[0], o.seeds[0]})[1:]); err != nil {
		return err
	}
	_, err := config.Resolve(fs)
	return err
}

// chosen says whether a method's runs are to be made.
func (o *options) chosen(m method) bool { return len(o.only) == 0 || slices.Contains(o.only, m.name) }
