// SPDX-License-Identifier: Apache-2.0

package claims

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/stat"

	"revgn/internal/number"
	"revgn/internal/stats"
)

// level is that of all intervals, resamples the number behind those of the bootstrap, which have a seed of their own.
const (
	level     = 0.95
	resamples = 2000
	drawn     = 20241107
)

// bench is what a claim is judged on.
type bench struct {
	runs  Runs
	seeds []uint64
	arms  map[string]Arm
	brief bool // leave out what no verdict depends on
}

// measure computes the values of a part, seed by seed, and what its outcome is by them.
func (b bench) measure(p Part) PartResult {
	r := PartResult{Name: p.Name, Setting: p.Setting, Definition: p.Statistic.Definition, Claimed: p.Direction, Threshold: number.Number(p.Threshold), Why: p.Why, Values: []SeedValue{}}
	var values []float64
	var troubles []string
	for _, seed := range b.seeds {
		x, err := b.value(p, seed)
		if err != nil {
			troubles = append(troubles, fmt.Sprintf("seed %d: %v", seed, err))
			continue
		}
		values = append(values, x)
		r.Values = append(r.Values, SeedValue{seed, number.Number(x)})
	}
	r.test(values, p, b.brief)
	switch {
	case len(troubles) > 0:
		r.Outcome, r.Reason = Inconclusive, strings.Join(troubles, "; ")
	case len(values) < LeastSeeds:
		r.Outcome, r.Reason = Inconclusive, fmt.Sprintf("%d seeds, want %d or more", len(values), LeastSeeds)
	case r.Low == r.High:
		r.Outcome, r.Reason = Inconclusive, fmt.Sprintf("all seeds give the very same value, %g: are they different runs?", float64(r.Effect))
	default:
		r.measured = true
		r.Outcome, r.Reason = p.outcome(stats.Interval{Low: float64(r.Low), High: float64(r.High)})
	}
	return r
}

// value is the statistic of one seed.
func (b bench) value(p Part, seed uint64) (float64, error) {
	s := Seed{}
	for _, arm := range p.Statistic.Arms {
		v, ok := b.runs[Key{p.Setting, arm, seed}]
		if !ok {
			return 0, fmt.Errorf("there is no run of %s", arm)
		}
		if ended, how := v.Ended(); !ended {
			return 0, fmt.Errorf("%s (%s) has not come to its end: %s", arm, v.Name(), how)
		}
		c := certificates(v)
		if want := b.arms[arm].Class; c.class() != want {
			return 0, fmt.Errorf("%s (%s) is %s, want %s: %d of %d steps are certified EXACT", arm, v.Name(), c.class(), want, c.Exact, c.Certified)
		}
		s[arm] = v
	}
	x, err := p.Statistic.Of(s)
	if err == nil && (math.IsNaN(x) || math.IsInf(x, 0)) {
		err = fmt.Errorf("the statistic is %g", x)
	}
	return x, err
}

// test fills in what is computed from the values of the seeds.
func (r *PartResult) test(values []float64, p Part, brief bool) {
	t := stats.OneSample(values, p.Threshold, level)
	r.Effect, r.Low, r.High = number.Number(t.Effect), number.Number(t.Interval.Low), number.Number(t.Interval.High)
	r.T, r.DF, r.P = number.Number(t.T), number.Number(t.DF), number.Number(t.P)
	r.PHolds, r.PFails = number.Number(t.PAbove), number.Number(t.PBelow)
	if p.Direction == Below {
		r.PHolds, r.PFails = r.PFails, r.PHolds
	}
	if p.Statistic.Log {
		r.Ratio = number.Some(math.Exp(t.Effect))
	}
	nan := number.Number(math.NaN())
	r.Bootstrap, r.SignedRank = [2]number.Number{nan, nan}, nan
	if brief {
		return
	}
	mean := func(x []float64) float64 { return stat.Mean(x, nil) }
	i := stats.Bootstrap(values, mean, level, resamples, drawn)
	r.Bootstrap = [2]number.Number{number.Number(i.Low), number.Number(i.High)}
	beyond := make([]float64, len(values))
	for i, x := range values {
		beyond[i] = x - p.Threshold
	}
	if w, err := stats.Wilcoxon(beyond); err == nil && w.N > 0 {
		r.SignedRank = number.Number(w.P)
	}
}

// outcome is the rule: where the interval lies.
func (p Part) outcome(i stats.Interval) (Outcome, string) {
	claimed, other := i.Above(p.Threshold), i.Below(p.Threshold)
	if p.Direction == Below {
		claimed, other = other, claimed
	}
	switch {
	case claimed:
		return Holds, ""
	case other:
		return Fails, ""
	}
	return Inconclusive, "the interval holds the threshold"
}
