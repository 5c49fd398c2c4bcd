// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"revgn/internal/benchmark"
	"revgn/internal/config"
)

// crossed are the options that may be lists; those of the last line matter to gn alone.
func crossed() []string {
	return append([]string{"preset", "optimizer", "dtype", "backend"}, crossedForGN()...)
}

func crossedForGN() []string { return []string{"inverse", "curvature", "solver"} }

// unmeasured are the options of train that no step knows of.
func unmeasured() []string {
	return []string{
		"augment", "label-noise", "whiten", "require-exact", "epochs", "steps", "switch", "out", "name", "checkpoint-every", "eval-every", "measure", "heldout", "probe-every",
		"resume", "time-limit", "tensorboard", "mlflow",
	}
}

// unmeasuredHint tells why bench has no such option.
func unmeasuredHint(name string) string {
	if name == "steps" || name == "epochs" {
		return "; how many steps bench times is --repeat"
	}
	return "; that is an option of train, and bench makes no run: it times steps"
}

// unnamed are the options that a benchmark's name has anyway, or that change no step.
func unnamed() []string {
	return append(crossed(), "config", "dataset", "data-dir", "train-size", "hidden", "blocks", "batch-size", "full-batch", "offline", "log-format")
}

// stepFlags are the options of train that a step knows of.
func stepFlags() *pflag.FlagSet {
	o := config.Default()
	all, fs := pflag.NewFlagSet("train", pflag.ContinueOnError), pflag.NewFlagSet("bench", pflag.ContinueOnError)
	fs.SortFlags = false
	o.AddFlags(all)
	all.VisitAll(func(f *pflag.Flag) {
		if slices.Contains(unmeasured(), f.Name) {
			return
		}
		if slices.Contains(crossed(), f.Name) {
			f.Value = config.NewList(f.Value)
			f.Usage = "(list) " + f.Usage
		}
		fs.AddFlag(f)
	})
	return fs
}

// given is an option as the command line has it, one value or a list.
type given struct {
	name   string
	values []string
}

// givenFlags are the options of train on a command line.
func givenFlags(fs *pflag.FlagSet) []given {
	known := stepFlags()
	var all []given
	fs.Visit(func(f *pflag.Flag) {
		if known.Lookup(f.Name) == nil {
			return
		}
		values := []string{f.Value.String()}
		if list, ok := f.Value.(*config.List); ok {
			values = list.Values()
		}
		all = append(all, given{f.Name, values})
	})
	return all
}

// versus reads the flags of --vs on top of those that were given.
func (o benchOptions) versus(base []given) ([]benchmark.Case, error) {
	fs := stepFlags()
	if err := fs.Parse(strings.Fields(o.vs)); err != nil {
		return nil, fmt.Errorf("%w%s", err, flagHint(fs, err))
	}
	if fs.NArg() > 0 {
		return nil, fmt.Errorf("got %q, which is no flag; want flags of train, such as --vs \"--inverse min-norm\"", fs.Arg(0))
	}
	merged := slices.Clone(base)
	for _, g := range givenFlags(fs) {
		if i := slices.IndexFunc(merged, func(m given) bool { return m.name == g.name }); i >= 0 {
			merged[i] = g
		} else {
			merged = append(merged, g)
		}
	}
	return resolveCases(merged)
}

// resolveCases crosses the lists and resolves every combination as train does, the first list slowest. What matters to gn alone does not multiply the others.
func resolveCases(all []given) ([]benchmark.Case, error) {
	combinations := [][]given{nil}
	for _, g := range all {
		var next [][]given
		for _, c := range combinations {
			for _, value := range g.values {
				next = append(next, append(slices.Clone(c), given{g.name, []string{value}}))
			}
		}
		combinations = next
	}
	var cases []benchmark.Case
	for _, combination := range combinations {
		c, err := resolveCase(combination)
		if err != nil {
			return nil, err
		}
		repeated := slices.ContainsFunc(combination, func(g given) bool {
			first := all[slices.IndexFunc(all, func(a given) bool { return a.name == g.name })].values[0]
			return slices.Contains(crossedForGN(), g.name) && g.values[0] != first
		})
		if c.Options.Optimizer == config.GN || !repeated {
			cases = append(cases, c)
		}
	}
	return cases, nil
}

func resolveCase(settings []given) (benchmark.Case, error) {
	var c benchmark.Case
	o := config.Default()
	fs := pflag.NewFlagSet("train", pflag.ContinueOnError)
	o.AddFlags(fs)
	for _, s := range settings {
		if err := fs.Set(s.name, s.values[0]); err != nil {
			return c, err
		}
		if !slices.Contains(unnamed(), s.name) {
			c.Extra = append(c.Extra, benchmark.Key{Name: s.name, Value: s.values[0]})
		}
	}
	var err error
	c.Options, err = config.Resolve(fs)
	return c, err
}
