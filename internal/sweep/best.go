// SPDX-License-Identifier: Apache-2.0

package sweep

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// OptionSet is the runs that differ in the seed alone.
type OptionSet struct {
	Varies   []Setting // without the seed
	key      string
	Runs     []int // of those given
	Done     int
	Diverged int
	Values   []float64 // of those that are done
}

// Mean over the seeds, NaN where a run has no value: a rate at which a seed diverges is no best rate.
func (o OptionSet) Mean() float64 {
	if len(o.Values) == 0 || o.Done < len(o.Runs) {
		return math.NaN()
	}
	sum := 0.0
	for _, v := range o.Values {
		sum += v
	}
	return sum / float64(len(o.Values))
}

// Deviation is the standard deviation over the seeds, NaN for fewer than two.
func (o OptionSet) Deviation() float64 {
	mean, sum := o.Mean(), 0.0
	for _, v := range o.Values {
		sum += (v - mean) * (v - mean)
	}
	if len(o.Values) < 2 {
		return math.NaN()
	}
	return math.Sqrt(sum / float64(len(o.Values)-1))
}

// Contest is a value of the option that groups are made by, with the option sets that were tried for it.
type Contest struct {
	Group string
	Sets  []OptionSet
	Best  int // of Sets, -1 for none
	Open  int // runs that have not ended
}

// Runs is the tuning budget that the group has: all its runs.
func (c Contest) Runs() int {
	n := 0
	for _, s := range c.Sets {
		n += len(s.Runs)
	}
	return n
}

// Compare finds the best option set of every group. States may be nil: then it only counts.
func Compare(runs []Run, states []State, m Metric, by string) []Contest {
	var all []Contest
	for i, run := range runs {
		group := run.Options.Value(by)
		at := slices.IndexFunc(all, func(c Contest) bool { return c.Group == group })
		if at < 0 {
			at = len(all)
			all = append(all, Contest{Group: group, Best: -1})
		}
		c := &all[at]
		set := c.set(run)
		set.Runs = append(set.Runs, i)
		if states == nil {
			continue
		}
		switch s := states[i]; {
		case s.Status == Done:
			set.Done++
			set.Values = append(set.Values, m.Value(s))
		case s.Status == Diverged:
			set.Diverged++
		case !s.Ended:
			c.Open++
		}
	}
	for i := range all {
		for k, s := range all[i].Sets {
			if b := all[i].Best; m.Better(s.Mean(), math.NaN()) && (b < 0 || m.Better(s.Mean(), all[i].Sets[b].Mean())) {
				all[i].Best = k
			}
		}
	}
	return all
}

// set is the option set of a run, which is added where it is new.
func (c *Contest) set(run Run) *OptionSet {
	seedless := run.Options
	seedless.Seed = 0
	key := seedless.Identity()
	at := slices.IndexFunc(c.Sets, func(o OptionSet) bool { return o.key == key })
	if at < 0 {
		at = len(c.Sets)
		varies := slices.DeleteFunc(slices.Clone(run.Varies), func(s Setting) bool { return s.Name == "seed" })
		c.Sets = append(c.Sets, OptionSet{Varies: varies, key: key})
	}
	return &c.Sets[at]
}

// Unequal tells of groups with unequal budgets in one line, "" where they are equal.
func Unequal(all []Contest, by string) string {
	var parts []string
	equal := true
	for _, c := range all {
		equal = equal && len(c.Sets) == len(all[0].Sets) && c.Runs() == all[0].Runs()
		parts = append(parts, fmt.Sprintf("%s %d (%d runs)", c.Group, len(c.Sets), c.Runs()))
	}
	if equal {
		return ""
	}
	return fmt.Sprintf("the tuning budgets are not equal: option sets by %s: %s", by, strings.Join(parts, ", "))
}
