// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"gonum.org/v1/gonum/stat"
)

// printPlan lists the runs of the chosen methods, and how long the missing ones will take by those that are done.
func (b *bench) printPlan(w io.Writer, searches []*search) error {
	var there, missing int
	var left float64
	common := typical(searches...)
	for _, s := range searches {
		if !b.chosen(s.method) {
			continue
		}
		c := s.choose()
		each := typical(s)
		if math.IsNaN(each) {
			each = common
		}
		lines, lacking := planLines(s, c)
		for _, line := range lines {
			fmt.Fprintln(w, line)
		}
		there += len(lines) - lacking
		missing += lacking
		left += float64(lacking) * each
	}
	fmt.Fprintf(w, "\n%d of %d runs are there", there, there+missing)
	switch {
	case missing == 0:
	case math.IsNaN(left):
		fmt.Fprintf(w, "; none has ended yet, so there is no estimate of the time")
	default:
		estimate := time.Duration(left * float64(time.Second)).Round(time.Second)
		fmt.Fprintf(w, "; the other %d take about %v by the runs that are done, and longer where a grid grows", missing, estimate)
	}
	fmt.Fprintln(w)
	return nil
}

// planLines has a line a run of a method; lacking counts those without a result.
func planLines(s *search, c choice) (lines []string, lacking int) {
	line := func(lr string, seed uint, state string) {
		lines = append(lines, fmt.Sprintf("%-16s lr %-8s seed %-4d %s", s.name, lr, seed, state))
	}
	trialLine := func(t trial) {
		r, ok := s.known[t]
		state := "missing"
		switch {
		case !ok:
			lacking++
		case math.IsInf(r.loss(), 1):
			state = "no finite loss"
		default:
			state = fmt.Sprintf("done, %.1f s, train loss %.4g", float64(r.summary.Seconds), r.loss())
		}
		line(rate(t.lr), t.seed, state)
	}
	for _, lr := range c.Rates {
		trialLine(trial{lr, s.seeds[0]})
	}
	for _, seed := range s.seeds[1:] {
		switch {
		case !c.tuned:
			lacking++
			line("best", seed, "missing, waits for the rate")
		case c.Rate > 0:
			trialLine(trial{c.Rate, seed})
		}
	}
	return lines, lacking
}

// typical is the median of the seconds that done runs took, NaN where there is none.
func typical(searches ...*search) float64 {
	var seconds []float64
	for _, s := range searches {
		for _, r := range s.known {
			if r.failure == "" {
				seconds = append(seconds, float64(r.summary.Seconds))
			}
		}
	}
	return median(seconds)
}

// median is NaN of nothing.
func median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	if n := len(sorted); n%2 == 0 {
		return stat.Mean(sorted[n/2-1:n/2+1], nil)
	}
	return sorted[len(sorted)/2]
}
