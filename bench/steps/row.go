// SPDX-License-Identifier: Apache-2.0

package main

import (
	"math"

	"revgn/internal/record"
	"revgn/internal/stats"
)

// row is a method at its rate.
type row struct {
	method              method
	choice              choice
	bad                 map[float64]bool // rates of the grid where a run had no finite loss
	runs                []result         // one a seed at the rate; where no rate was any good, one a rate
	train, test, acc    estimate
	exact, certified    int // steps, over all runs
	worstCert, stepTime float64
}

// newRow sums up a search that wants nothing more.
func newRow(s *search) row {
	r := row{method: s.method, choice: s.choose(), bad: map[float64]bool{}}
	for _, lr := range r.choice.Rates {
		r.bad[lr] = math.IsInf(s.loss(lr), 1)
	}
	r.train.mean, r.stepTime = math.Inf(1), math.NaN()
	if r.choice.Rate == 0 {
		for _, lr := range r.choice.Rates {
			r.runs = append(r.runs, s.known[trial{lr, s.seeds[0]}])
		}
		return r
	}
	var seconds, train, test, acc []float64
	for _, seed := range s.seeds {
		run := s.known[trial{r.choice.Rate, seed}]
		r.runs = append(r.runs, run)
		seconds = append(seconds, run.seconds...)
		train, test, acc = append(train, run.loss()), append(test, value(run.summary.Last.TestLoss)), append(acc, value(run.summary.Last.TestAcc))
		r.addCertificates(run.summary)
	}
	r.stepTime = median(seconds)
	r.train, r.test, r.acc = newEstimate(train), newEstimate(test), newEstimate(acc)
	return r
}

func (r *row) addCertificates(s record.Summary) {
	r.exact += s.ExactSteps
	r.certified += s.Certified
	if !s.WorstCert.Set {
		return
	}
	if w := float64(s.WorstCert.Value); !math.IsNaN(r.worstCert) && !(w <= r.worstCert) {
		r.worstCert = w
	}
}

// value is NaN where there is none.
func value(o record.Optional) float64 {
	if !o.Set {
		return math.NaN()
	}
	return float64(o.Value)
}

// estimate is a mean with the half-width of its 95 % t-interval, NaN of a single value.
type estimate struct{ mean, half float64 }

// newEstimate takes values to be independent draws of a normal distribution: mean ± t s/√n, s with n-1.
func newEstimate(values []float64) estimate {
	m := stats.MeanOf(values, level)
	return estimate{m.Mean, m.Half}
}

// level is that of the table's intervals.
const level = 0.95

// quantile is the t of an interval of n values, 4.303 for three.
func quantile(n int) float64 { return stats.CriticalT(level, float64(n-1)) }
