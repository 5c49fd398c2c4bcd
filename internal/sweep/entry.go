// SPDX-License-Identifier: Apache-2.0

package sweep

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"revgn/internal/config"
)

// newEntry leaves out what the machine decides: where data lie on this one is nothing to others.
func newEntry(run Run) (entry, error) {
	args, err := run.Options.Args()
	e := entry{ID: run.ID, Name: run.Name}
	for _, arg := range args {
		if name, _, _ := strings.Cut(strings.TrimPrefix(arg, "--"), "="); !slices.Contains(config.Placing(), name) {
			e.Train = append(e.Train, arg)
		}
	}
	for _, s := range run.Varies {
		e.Varies = append(e.Varies, s.Name)
	}
	return e, err
}

// check refuses names that could lead out of the directory.
func (e entry) check() error {
	if e.Name != plain(e.Name) || len(e.Name) > 200 || strings.HasPrefix(e.Name, ".") || !strings.HasSuffix(e.Name, "-"+e.ID) || len(e.ID) != idDigits || strings.Trim(e.ID, "0123456789abcdef") != "" {
		return fmt.Errorf("got the name %q; want letters, digits and -._+ that end with its id", e.Name)
	}
	return nil
}

// run resolves the options that are stored.
func (e entry) run() (Run, error) {
	o := config.Default()
	fs := pflag.NewFlagSet("train", pflag.ContinueOnError)
	o.AddFlags(fs)
	if err := fs.Parse(e.Train); err != nil {
		return Run{}, err
	}
	var given []config.Given
	fs.Visit(func(f *pflag.Flag) {
		given = append(given, config.Given{Name: f.Name, Value: f.Value.String(), Where: "train"})
	})
	for _, g := range given {
		if slices.Contains(config.Placing(), g.Name) {
			return Run{}, fmt.Errorf("got --%s, which is no option of a run in a sweep", g.Name)
		}
	}
	run, _, err := resolve(given)
	if err != nil {
		return run, err
	}
	if run.ID != e.ID {
		return run, fmt.Errorf("its options have the id %s (written by another version of revgn, or changed by hand)", run.ID)
	}
	run.Name = e.Name
	return run, nil
}
