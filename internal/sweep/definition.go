// SPDX-License-Identifier: Apache-2.0

package sweep

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"revgn/internal/config"
	"revgn/internal/nearest"
)

// Definition says which runs there are: the groups in their order, each applied to all that came before.
type Definition struct {
	Groups []Group
}

// Group crosses its axes, for those combinations of what came before that meet its conditions. What it says of an option replaces what was said before.
type Group struct {
	If    []Axis // conditions: the option has one of the values
	Fixed []Axis // one value each
	Axes  []Axis
	Zips  [][]Axis // of equal length; their values go together
}

// Axis is an option with its values, as the option's own parser writes them.
type Axis struct {
	Name   string
	Values []string
	Where  string // for messages
}

// Unswept are the options of train that are no axis and no fixed option either: the sweep decides where runs lie, and how runs are told.
func Unswept() []string { return []string{"out", "name", "log-format", "resume", "time-limit"} }

// Options are the options that a definition may name, as flags.
func Options() *pflag.FlagSet {
	o := config.Default()
	all, fs := pflag.NewFlagSet("train", pflag.ContinueOnError), pflag.NewFlagSet("sweep", pflag.ContinueOnError)
	fs.SortFlags = false
	o.AddFlags(all)
	all.VisitAll(func(f *pflag.Flag) {
		if !slices.Contains(Unswept(), f.Name) {
			f.Value = config.NewList(f.Value)
			fs.AddFlag(f)
		}
	})
	return fs
}

// check refuses options that stand twice in a group, and zips of unequal length.
func (g Group) check() error {
	seen := map[string]bool{}
	for _, a := range g.all() {
		if seen[a.Name] {
			return fmt.Errorf("%s: %s stands twice in the same group of axes", a.Where, a.Name)
		}
		seen[a.Name] = true
		if err := a.checkCount(slices.ContainsFunc(g.Fixed, func(f Axis) bool { return f.Name == a.Name })); err != nil {
			return err
		}
	}
	for _, zip := range g.Zips {
		for _, a := range zip {
			if len(a.Values) != len(zip[0].Values) {
				return fmt.Errorf("%s: zip: %s has %d values and %s has %d; those that go together are equally many", a.Where, zip[0].Name, len(zip[0].Values), a.Name, len(a.Values))
			}
		}
	}
	return nil
}

// checkCount refuses several values where they make no runs that differ.
func (a Axis) checkCount(fixed bool) error {
	switch {
	case len(a.Values) == 0:
		return fmt.Errorf("%s: %s: got no value", a.Where, a.Name)
	case len(a.Values) > 1 && fixed:
		return fmt.Errorf("%s: %s: got %d values for a fixed option; move it to axes", a.Where, a.Name, len(a.Values))
	case len(a.Values) > 1 && a.Name != "config" && slices.Contains(config.Placing(), a.Name):
		return fmt.Errorf("%s: %s: got %d values; it decides no number, so runs that differ in it alone are the same run", a.Where, a.Name, len(a.Values))
	}
	return nil
}

// all are the options that a group sets.
func (g Group) all() []Axis {
	all := append(slices.Clone(g.Fixed), g.Axes...)
	for _, zip := range g.Zips {
		all = append(all, zip...)
	}
	return all
}

// unknownOption names what is no option, and the nearest that is.
func unknownOption(name string) error {
	var names []string
	Options().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if slices.Contains(Unswept(), name) {
		return fmt.Errorf("%s is decided by the sweep; leave it out", name)
	}
	return fmt.Errorf("unknown option %q%s (see `revgn train --help`)", name, nearest.Hint(name, names))
}

// Override returns the definition with options of a command line on top. An option whose values depend on others there cannot be overridden.
func (d Definition) Override(axes []Axis) (Definition, error) {
	if len(d.Groups) == 0 {
		d.Groups = []Group{{}}
	}
	base := d.Groups[0]
	base.Fixed, base.Axes = slices.Clone(base.Fixed), slices.Clone(base.Axes)
	for _, a := range axes {
		named := func(b Axis) bool { return b.Name == a.Name }
		for i, g := range d.Groups {
			bound := slices.ContainsFunc(g.Zips, func(zip []Axis) bool { return slices.ContainsFunc(zip, named) }) || i > 0 && slices.ContainsFunc(g.all(), named)
			if bound {
				return d, fmt.Errorf("%s: the file has %s in a zip or a when, which a flag cannot replace; change the file", a.Where, a.Name)
			}
		}
		base.Fixed = slices.DeleteFunc(base.Fixed, named)
		switch i := slices.IndexFunc(base.Axes, named); {
		case i >= 0:
			base.Axes[i] = a
		case len(a.Values) == 1:
			base.Fixed = append(base.Fixed, a)
		default:
			base.Axes = append(base.Axes, a)
		}
	}
	return Definition{append([]Group{base}, d.Groups[1:]...)}, nil
}

// axisNames are the options that some group lets vary, in the order of the definition: the axes, and what a condition fixes.
func (d Definition) axisNames() []string {
	var names []string
	for i, g := range d.Groups {
		for _, a := range g.all() {
			if fixed := i == 0 && slices.ContainsFunc(g.Fixed, func(f Axis) bool { return f.Name == a.Name }); !fixed && !slices.Contains(names, a.Name) {
				names = append(names, a.Name)
			}
		}
	}
	return names
}

// describe writes settings as a command line has them.
func describe(settings []config.Given) string {
	parts := make([]string, len(settings))
	for i, s := range settings {
		parts[i] = s.Name + "=" + s.Value
	}
	return strings.Join(parts, " ")
}
