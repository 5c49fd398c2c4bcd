// SPDX-License-Identifier: Apache-2.0

// Package rates chooses a learning rate by the losses that runs with a grid of rates came to. A grid whose best rate lies at its edge grows there. It makes no
// run: it says which rates are wanted next, from what is known alone, so that an interrupted search takes the same way again.
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
}

// Choice is where a search stands.
type Choice struct {
	Rates []float64 // the grid, ascending, with what was added
	Rate  float64   // the best known, 0 where no loss is finite
	Wants []float64 // rates to run next; none when the search is over
	Edge  bool      // the search is over with the best rate at an edge of the grid
}

// Choose finds the rate with the least loss; known tells that of a rate, where there is one, and a run that diverged has none that is finite. A grid whose best
// rate lies at its edge grows there by its own ratio; where no loss is finite it grows down. A single rate is no search.
func (s Search) Choose(known func(rate float64) (loss float64, ok bool)) Choice {
	c := Choice{Rates: slices.Clone(s.Grid)}
	slices.Sort(c.Rates)
	for added := 0; ; added++ {
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
		low, high := best <= 0, best == len(c.Rates)-1
		c.Edge = len(c.Rates) > 1 && (low || high)
		if !c.Edge || added == s.Extensions {
			return c
		}
		if low {
			c.Rates = slices.Insert(c.Rates, 0, beyond(c.Rates[1], c.Rates[0]))
			continue
		}
		next := beyond(c.Rates[len(c.Rates)-2], c.Rates[len(c.Rates)-1])
		if s.Top > 0 && next > s.Top {
			return c
		}
		c.Rates = append(c.Rates, next)
	}
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

// beyond continues a grid from inner over edge by their ratio, in digits that a person would write.
func beyond(inner, edge float64) float64 {
	v, err := strconv.ParseFloat(strconv.FormatFloat(edge*(edge/inner), 'g', 6, 64), 64)
	if err != nil {
		return edge * (edge / inner)
	}
	return v
}
