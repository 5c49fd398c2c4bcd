// SPDX-License-Identifier: Apache-2.0

package report

import (
	"slices"
	"strings"
)

// Group is runs that differ in their seed alone.
type Group struct {
	Label string // the options in which groups differ
	Runs  []*Run
	Clock Clock            // the mean over the runs, at the steps that all have
	Bands map[string]*Band // by Quantity.ID, where there are two runs or more
}

// maxLabel bounds a label, which stands beside a curve.
const maxLabel = 90

// groupsOf puts runs into groups, in the order in which each group first comes.
func groupsOf(runs []*Run) []*Group {
	var groups []*Group
	at := map[string]*Group{}
	for _, r := range runs {
		key := groupKey(r)
		g, ok := at[key]
		if !ok {
			g = &Group{Bands: map[string]*Band{}}
			at[key], groups = g, append(groups, g)
		}
		g.Runs = append(g.Runs, r)
	}
	names := slices.DeleteFunc(differing(runs), func(name string) bool { return name == seedOption })
	labels := map[string]bool{}
	for _, g := range groups {
		g.Label = groupLabel(g, names)
		if labels[g.Label] {
			g.Label = shortened(g.Label + ", " + g.Runs[0].Name)
		}
		labels[g.Label] = true
	}
	return groups
}

// groupKey is the options that runs of a group share. A run that has none is alone.
func groupKey(r *Run) string {
	if len(r.Options) == 0 {
		return "\x00" + r.Dir
	}
	var b strings.Builder
	for _, o := range r.Options {
		if o.Name != seedOption && !besideTheRun(o.Name) {
			b.WriteString(o.Name + "\x00" + o.Value + "\x00")
		}
	}
	return b.String()
}

// groupLabel names the options that tell groups apart: the optimizer by its value alone, the rest by name and value.
func groupLabel(g *Group, names []string) string {
	options := g.Runs[0].Options
	var parts []string
	for _, name := range names {
		switch value := ValueOf(options, name); {
		case name == "optimizer":
			parts = append([]string{value}, parts...)
		case value == "" || value == "none" || value == "false":
		case value == "true":
			parts = append(parts, name)
		default:
			parts = append(parts, name+" "+value)
		}
	}
	if len(parts) == 0 {
		if optimizer := ValueOf(options, "optimizer"); optimizer != "" && len(names) == 0 {
			return shortened(optimizer)
		}
		return shortened(g.Runs[0].Name)
	}
	return shortened(strings.Join(parts, ", "))
}

func shortened(s string) string {
	if r := []rune(s); len(r) > maxLabel {
		return string(r[:maxLabel-1]) + "…"
	}
	return s
}

// gather computes the group's means from its runs, which must still have every step.
func (g *Group) gather() {
	if len(g.Runs) < 2 {
		g.Clock = g.Runs[0].Clock
		return
	}
	for _, s := range sections() {
		for _, q := range s.Quantities {
			if b := bandOf(g.traces(q.ID)); b != nil {
				g.Bands[q.ID] = b
			}
		}
	}
	g.Clock = meanClock(g.Runs)
}

// traces are those of all runs, nil where one has none.
func (g *Group) traces(id string) []*Trace {
	var list []*Trace
	for _, r := range g.Runs {
		t := r.Traces[id]
		if t == nil {
			return nil
		}
		list = append(list, t)
	}
	return list
}

// meanClock is the mean of epochs and seconds at the steps that all runs have.
func meanClock(runs []*Run) Clock {
	var epochs, seconds []*Trace
	for _, r := range runs {
		epochs = append(epochs, &Trace{Step: r.Clock.Step, Y: r.Clock.Epoch})
		seconds = append(seconds, &Trace{Step: r.Clock.Step, Y: r.Clock.Seconds})
	}
	e, s := bandOf(epochs), bandOf(seconds)
	if e == nil || s == nil {
		return Clock{}
	}
	return Clock{Step: e.Step, Epoch: e.Mean, Seconds: s.Mean}
}

// thin keeps at most n points of each mean.
func (g *Group) thin(n int) {
	g.Clock = g.Clock.thinned(max(2, n/4))
	for id, b := range g.Bands {
		g.Bands[id] = b.thinned(n)
	}
}
