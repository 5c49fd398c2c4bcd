// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// Placing names the options that decide no number of a run: where things lie, how much they may take, how the run is called and told. They are no part of its
// identity, and may differ when it goes on. A config file decides by the options in it.
func Placing() []string {
	return []string{"config", "out", "resume", "time-limit", "log-format", "offline", "data-dir", "memory-limit", "name", "tensorboard", "mlflow"}
}

// Identity is the text that two runs share when they are the same run: a line for every option that decides numbers, or which numbers are recorded, and is not as
// it is where nothing is said. Left-out lines make an option that a later version adds change nothing about the runs that were made before. A plugin counts by the name of its file,
// since it lies elsewhere on other machines.
func (o Options) Identity() string {
	var b strings.Builder
	std := common()
	usual := std.flagSet()
	o.flagSet().VisitAll(func(f *pflag.Flag) {
		value := f.Value.String()
		if slices.Contains(Placing(), f.Name) || value == usual.Lookup(f.Name).Value.String() {
			return
		}
		if f.Name == "backend" {
			value = filepath.Base(value)
		}
		fmt.Fprintf(&b, "%s=%s\n", f.Name, value)
	})
	return b.String()
}

// Settled returns the options with those that nothing in the run reads as its preset has them, and the names of those. Two runs that differ in such an option
// alone are one run: a curvature for adam.
func (o Options) Settled() (Options, []string, error) {
	usual, err := Preset(o.Preset, o.Optimizer)
	if err != nil {
		return o, nil, err
	}
	names := o.idle()
	if o.Optimizer != GN && o.Switch.To != GN {
		// What train refuses, rather than warns of, without gn.
		if o.RequireExact != usual.RequireExact {
			names = append(names, "require-exact")
		}
		if o.Activations != usual.Activations {
			names = append(names, "activations")
		}
	}
	mine, theirs := o.flagSet(), usual.flagSet()
	for _, name := range names {
		if err := mine.Lookup(name).Value.Set(theirs.Lookup(name).Value.String()); err != nil {
			return o, nil, named(name, err)
		}
	}
	return o, names, nil
}

// Ignores says that nothing in the run reads an option, whatever its value.
func (o Options) Ignores(name string) bool {
	switch {
	case name == "curvature-damping" && o.Curvature != CurvatureDamped, name == "carry" && (o.Inverse.Kind == InverseMinNorm || o.Legacy):
		return true
	case name == "require-exact" || name == "activations":
		return o.Optimizer != GN && o.Switch.To != GN
	case name == "lr" || name == "optimizer" || !slices.Contains(stepOptions(), name) || slices.Contains(readBy(o.Optimizer), name):
		return false
	}
	return o.Switch.Epoch == 0 || !slices.Contains(readBy(o.Switch.To), name)
}

// Value returns the text of an option, "" where there is none of that name.
func (o Options) Value(name string) string {
	if f := o.flagSet().Lookup(name); f != nil {
		return f.Value.String()
	}
	return ""
}

// Args returns the options as the shortest command line of `revgn train` that has them; out, config and resume are not among them.
func (o Options) Args() ([]string, error) {
	usual, err := Preset(o.Preset, o.Optimizer)
	if err != nil {
		return nil, err
	}
	mine, theirs := o.flagSet(), usual.flagSet()
	differs := func(name string) bool { return mine.Lookup(name).Value.String() != theirs.Lookup(name).Value.String() }
	var args []string
	mine.VisitAll(func(f *pflag.Flag) {
		needed := differs(f.Name) || f.Name == "preset" || f.Name == "optimizer"
		for _, pair := range displacing() {
			// One of a pair alone would displace the other.
			needed = needed || slices.Contains(pair, f.Name) && slices.ContainsFunc(pair, differs)
		}
		if needed && f.Name != "out" && f.Name != "config" && f.Name != "resume" {
			args = append(args, "--"+f.Name+"="+f.Value.String())
		}
	})
	return args, nil
}

// displacing are the options that turn each other off.
func displacing() [][]string {
	return [][]string{{"batch-size", "full-batch"}, {"epochs", "steps"}}
}
