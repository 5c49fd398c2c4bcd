// SPDX-License-Identifier: Apache-2.0

// Package rates chooses a learning rate by the losses that runs with a grid of rates came to. A grid whose best rate lies at its edge grows there, and a coarse
// one is made finer around its best rate. It makes no run: it says which rates are wanted next, from what is known alone, so that an interrupted search takes the
// same way again.
package rates

import (
	"math"
	"slices"
	"strconv"
)

// Search is a grid with how it may grow.
type Search struct {
	Grid       []float64
	Extensions int     // rates that may be added at an edge
	Top        float64 // the grid goes no further up than this; 0: as far as it likes
	Finest     float64 // where a neighbour of the best rate is more than this factor away, the rate halfway on a logarithmic axis is tried too; 0: never
}

// Choice is where a search stands.
type Choice struct {
	Rates []float64 // the grid, ascending, with what was added
	Rate  float64   // the best known, 0 where no loss is finite
	Wants []float64 // rates to run next; none when the search is over
	Edge  bool      // the search is over with the best rate at an edge of the grid
}

// Choose finds the rate with the least loss; known tells that of a rate, where there is one, and a run that diverged has none that is finite. A grid whose best
// rate lies at its edge grows there by its own ratio; where no loss is finite it grows down. Then it is made finer. A single rate is no search.
func (s Search) Choose(known func(rate float64) (loss float64, ok bool)) Choice {
	c := Choice{Rates: slices.Clone(s.Grid)}
	slices.Sort(c.Rates)
	for added := 0; ; {
		for _, rate := range c.Rates {
			if _, ok := known(rate); !ok {
				c.Wants = append(c.Wants, rate)
			}
		}
		if len(c.Wants) > 0 {
			return c
		}
		best := bestOf(c.Rates, known)
		c.Rate = 0
		if best >= 0 {
			c.Rate = c.Rates[best]
		}
		c.Edge = len(c.Rates) > 1 && (best <= 0 || best == len(c.Rates)-1)
		next, ok := 0.0, false
		if c.Edge && added < s.Extensions {
			next, ok = s.outside(c.Rates, best)
			added++
		}
		if !ok && best >= 0 {
			next, ok = s.between(c.Rates, best)
		}
		if !ok {
			return c
		}
		c.Rates = append(c.Rates, next)
		slices.Sort(c.Rates)
	}
}

// outside is the rate after the best, which is at the edge; below the grid where none is known to be good.
func (s Search) outside(rates []float64, best int) (rate float64, ok bool) {
	if best <= 0 {
		return beyond(rates[1], rates[0]), true
	}
	n := len(rates)
	rate = beyond(rates[n-2], rates[n-1])
	return rate, s.Top <= 0 || rate <= s.Top
}

// between is the rate halfway to a neighbour of the best that is too far away, the lower one first.
func (s Search) between(rates []float64, best int) (rate float64, ok bool) {
	for i := max(best, 1); s.Finest > 0 && i <= min(best+1, len(rates)-1); i++ {
		if rates[i] > s.Finest*(1+1e-6)*rates[i-1] {
			return rounded(math.Sqrt(rates[i] * rates[i-1])), true
		}
	}
	return 0, false
}

// bestOf is the index of the least finite loss, the lower rate of two alike, -1 for none.
func bestOf(rates []float64, known func(float64) (float64, bool)) int {
	best, least := -1, math.Inf(1)
	for i, rate := range rates {
		if loss, _ := known(rate); loss < least {
			best, least = i, loss
		}
	}
	return best
}

// beyond continues a grid from inner over edge by their ratio.
func beyond(inner, edge float64) float64 { return rounded(edge * (edge / inner)) }

// rounded has the digits that a person would write.
func rounded(rate float64) float64 {
	v, err := strconv.ParseFloat(strconv.FormatFloat(rate, 'g', 6, 64), 64)
	if err != nil {
		return rate
	}
	return v
}
