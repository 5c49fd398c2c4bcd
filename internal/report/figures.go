// SPDX-License-Identifier: Apache-2.0

package report

import (
	"fmt"
	"math"
)

// quantities are those that some run has, in the order of the sections. A rate that never changes is an option, not a curve.
func (c *Content) quantities() []Quantity {
	var list []Quantity
	for _, s := range sections() {
		for _, q := range s.Quantities {
			if c.shows(q) {
				list = append(list, q)
			}
		}
	}
	return list
}

func (c *Content) shows(q Quantity) bool {
	for _, r := range c.Runs {
		t := r.Traces[q.ID]
		if t == nil {
			continue
		}
		if q.ID != "rate" || t.varies() {
			return true
		}
	}
	return false
}

// varies tells whether a trace has two values.
func (t *Trace) varies() bool {
	for _, y := range t.Y {
		if y != t.Y[0] {
			return true
		}
	}
	return false
}

// logarithmic says whether a quantity's axis is so at first.
func (c *Content) logarithmic(q Quantity) bool {
	if q.Log != byRange {
		return q.Log == logarithmic
	}
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, r := range c.Runs {
		if t := r.Traces[q.ID]; t != nil {
			for _, y := range t.Y {
				lo, hi = min(lo, y), max(hi, y)
			}
		}
	}
	return lo > 0 && hi > 100*lo
}

// panels are those of all runs' analyses, with identities that are unique among them.
func (c *Content) panels() []Panel {
	var list []Panel
	for i, r := range c.Runs {
		for _, p := range r.Analyses {
			p.ID = fmt.Sprintf("run%d-%s", i+1, p.ID)
			list = append(list, p)
		}
	}
	return list
}
