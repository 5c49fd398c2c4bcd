// SPDX-License-Identifier: Apache-2.0

package sweep

import (
	"fmt"
	"slices"

	"revgn/internal/config"
)

// cross applies the group to every combination that meets its conditions.
func (g Group) cross(combinations [][]config.Given) ([][]config.Given, error) {
	var next [][]config.Given
	for _, c := range combinations {
		holds, err := g.holds(c)
		if err != nil {
			return nil, err
		}
		if !holds {
			next = append(next, c)
			continue
		}
		next = append(next, g.apply(c)...)
		if len(next) > mostRuns {
			return nil, fmt.Errorf("the axes make more than %d combinations; is that meant? Make several sweeps of it", mostRuns)
		}
	}
	return next, nil
}

func (g Group) apply(c []config.Given) [][]config.Given {
	all := [][]config.Given{c}
	zips := g.Zips
	for _, a := range slices.Concat(g.Axes, g.Fixed) {
		zips = append(zips[:len(zips):len(zips)], []Axis{a})
	}
	// Axes first, so that they are the slower ones; zips follow in their order.
	slices.SortStableFunc(zips, func(a, b []Axis) int { return len(a) - len(b) })
	for _, zip := range zips {
		var next [][]config.Given
		for _, c := range all {
			for i := range zip[0].Values {
				next = append(next, with(c, zip, i))
			}
			if len(next) > mostRuns {
				return next
			}
		}
		all = next
	}
	return all
}

// with is a combination with the i-th values of a zip in place of what it had of those options.
func with(c []config.Given, zip []Axis, i int) []config.Given {
	out := slices.Clone(c)
	for _, a := range zip {
		out = slices.DeleteFunc(out, func(g config.Given) bool { return g.Name == a.Name })
		out = append(out, config.Given{Name: a.Name, Value: a.Values[i], Where: a.Where})
	}
	return out
}

// holds says whether a combination meets the conditions, by its resolved options.
func (g Group) holds(c []config.Given) (bool, error) {
	if len(g.If) == 0 {
		return true, nil
	}
	o, err := config.Assemble(c)
	if err != nil {
		return false, err
	}
	for _, condition := range g.If {
		if !slices.Contains(condition.Values, o.Value(condition.Name)) {
			return false, nil
		}
	}
	return true, nil
}
