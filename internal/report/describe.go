// SPDX-License-Identifier: Apache-2.0

package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"revgn/internal/number"
)

// maxNamed is how many curves a figure's text names.
const maxNamed = 6

// Figure is a number for people, four digits of it.
func Figure(v float64) string {
	switch a := math.Abs(v); {
	case math.IsNaN(v):
		return "-"
	case a != 0 && (a < 1e-3 || a >= 1e6):
		return strconv.FormatFloat(v, 'e', 2, 64)
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}

// final is how a group ends in a quantity.
type final struct {
	label        string
	runs         int
	value        float64
	lo, hi       float64 // NaN where there is no interval
	first, until float64 // steps
	lost         int     // values of its runs that were not finite
}

// finals are the groups that have a quantity, in their order.
func (c *Content) finals(id string) []final {
	var list []final
	for _, g := range c.Groups {
		f := final{label: g.Label, lo: math.NaN(), hi: math.NaN(), value: math.NaN()}
		for _, r := range g.Runs {
			if t := r.Traces[id]; t != nil {
				f.runs++
				f.lost += t.Lost
				if f.runs == 1 {
					f.value, f.first, f.until = t.Last(), t.Step[0], t.Step[t.Len()-1]
				}
			}
		}
		if f.runs == 0 {
			continue
		}
		if b := g.Bands[id]; b != nil {
			n := len(b.Step) - 1
			f.value, f.lo, f.hi, f.first, f.until = b.Mean[n], b.Lo[n], b.Hi[n], b.Step[0], b.Step[n]
		}
		list = append(list, f)
	}
	return list
}

// summary says in words what a quantity's figure shows, for those who cannot see it.
func (c *Content) summary(q Quantity) string {
	finals := c.finals(q.ID)
	runs, lost := 0, 0
	first, until := math.Inf(1), math.Inf(-1)
	for _, f := range finals {
		runs, lost = runs+f.runs, lost+f.lost
		first, until = min(first, f.first), max(until, f.until)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s in %s, steps %s to %s. At the end: %s.", number.Plural(runs, "run"), number.Plural(len(finals), "group"), Figure(first), Figure(until), endings(finals))
	if lost > 0 {
		fmt.Fprintf(&b, " %s not finite and not drawn.", number.Plural(lost, "value"))
	}
	return b.String()
}

// endings names each group's last value, or where there are many the least and the greatest.
func endings(finals []final) string {
	order := slices.Clone(finals)
	slices.SortStableFunc(order, func(a, b final) int { return cmp.Compare(a.value, b.value) })
	if len(order) > maxNamed {
		return "least " + order[0].text() + "; greatest " + order[len(order)-1].text()
	}
	var parts []string
	for _, f := range order {
		parts = append(parts, f.text())
	}
	return strings.Join(parts, "; ")
}

func (f final) text() string {
	s := f.label + " " + Figure(f.value)
	if !math.IsNaN(f.lo) {
		s += fmt.Sprintf(" (95 %% interval %s to %s over %d seeds)", Figure(f.lo), Figure(f.hi), f.runs)
	}
	return s
}
