// SPDX-License-Identifier: Apache-2.0

package benchmark

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Axis is a size and the values that a sweep gives it.
type Axis struct {
	Name   string
	Values []int
}

// AxisNames are the sizes that can be swept.
func AxisNames() []string { return []string{"batch-size", "hidden", "blocks", "width"} }

// ParseAxis reads NAME=N1,N2,... of at least two different sizes.
func ParseAxis(text string) (Axis, error) {
	axis, list, ok := strings.Cut(text, "=")
	if !ok || !slices.Contains(AxisNames(), axis) {
		return Axis{}, fmt.Errorf("sweep: got %q; want NAME=N1,N2,... with NAME one of %s, such as batch-size=250,500,1000", text, strings.Join(AxisNames(), ", "))
	}
	a := Axis{Name: axis}
	for word := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 || n > 1e8 || axis == "width" && n%2 != 0 {
			return a, fmt.Errorf("sweep: %s: got %q; want whole numbers from 1 to 100000000, even ones for width", axis, word)
		}
		if slices.Contains(a.Values, n) {
			return a, fmt.Errorf("sweep: %s: %d stands twice; an exponent needs different sizes", axis, n)
		}
		a.Values = append(a.Values, n)
	}
	if len(a.Values) < 2 {
		return a, fmt.Errorf("sweep: %s: got %d sizes; an exponent needs at least 2", axis, len(a.Values))
	}
	return a, nil
}

// at is the case with the axis at a value.
func (a Axis) at(c Case, n int) (Case, error) {
	switch a.Name {
	case "batch-size":
		c.Options.BatchSize, c.Options.FullBatch = n, false
	case "hidden":
		c.Options.Hidden = n
	case "blocks":
		c.Options.Blocks = n
	case "width":
		c.Width = n
	}
	if err := c.Options.Validate(); err != nil {
		return c, fmt.Errorf("sweep: %w", err)
	}
	return c, nil
}

// Check says whether the case can be had at every value.
func (a Axis) Check(c Case) error {
	for _, n := range a.Values {
		if _, err := a.at(c, n); err != nil {
			return err
		}
	}
	return nil
}

// Sweep is a case at several sizes.
type Sweep struct {
	Axis    string   `json:"axis"`
	Values  []int    `json:"values"`
	Name    string   `json:"name"` // of the first point, without the axis
	Results []Result `json:"results"`
	// Measured is the law of the median step over the sizes, Counted that of the operations at the same sizes.
	Measured Power `json:"measured"`
	Counted  Power `json:"counted"`
}

// Sweeps measures every case along every axis. All points of a sweep have inputs of one kind: random ones if the data set has too few samples for one of them.
func Sweeps(ctx context.Context, cases []Case, axes []Axis, settings Settings) ([]Sweep, error) {
	return inSession(settings, func(s *session) ([]Sweep, error) {
		var all []Sweep
		for _, axis := range axes {
			for _, c := range cases {
				sweep, err := s.sweep(ctx, c, axis)
				if err != nil {
					return all, err
				}
				all = append(all, sweep)
			}
		}
		return all, nil
	})
}

func (s *session) sweep(ctx context.Context, c Case, axis Axis) (Sweep, error) {
	sweep := Sweep{Axis: axis.Name, Values: axis.Values}
	points := make([]Case, len(axis.Values))
	for i, n := range axis.Values {
		var err error
		if points[i], err = axis.at(c, n); err != nil {
			return sweep, err
		}
	}
	atLeast := 0
	if axis.Name == "batch-size" {
		atLeast = slices.Max(axis.Values)
	}
	for _, point := range points {
		results, err := s.measure(ctx, point, atLeast)
		if err != nil {
			return sweep, err
		}
		sweep.Results = append(sweep.Results, results...)
	}
	sweep.fit()
	return sweep, nil
}

// tells says whether r² tells how well the law fits: one law goes through any two points.
func (s Sweep) tells() bool { return len(s.Values) > 2 }

// fit computes the exponents; a size that was measured several times counts as often.
func (s *Sweep) fit() {
	var sizes, seconds, operations []float64
	each := len(s.Results) / len(s.Values)
	for i, r := range s.Results {
		sizes = append(sizes, float64(s.Values[i/each]))
		seconds = append(seconds, r.Seconds.Median)
		operations = append(operations, r.Operations)
	}
	s.Measured, s.Counted = PowerOf(sizes, seconds), PowerOf(sizes, operations)
	var rest []Key
	for part := range strings.SplitSeq(strings.TrimPrefix(s.Results[0].Name, "/"), "/") {
		key, value, _ := strings.Cut(part, "=")
		if key != s.Axis {
			rest = append(rest, Key{key, value})
		}
	}
	s.Name = name(rest)
}
