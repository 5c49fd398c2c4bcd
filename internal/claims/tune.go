// SPDX-License-Identifier: Apache-2.0

package claims

import (
	"math"
	"slices"
	"strconv"
)

// Choice is where the search for a rate stands.
type Choice struct {
	Rates []float64 // the grid, ascending, with what was added
	Rate  float64   // the best known, 0 where no loss is finite
	Wants []float64 // rates to run next; none when the search is over
	Edge  bool      // the search is over with the best rate at an edge of the grid
}

// Choose finds the rate with the least final training loss of the tuning seed; test data has no part in it. Losses are by rate; that of a run that diverged is not finite.
// A grid whose best rate lies at its edge grows there by its own ratio, at most extensions times; where no loss is finite it grows down. What to run next follows from what is known
// alone, so that an interrupted search goes on the same way.
func Choose(grid []float64, losses map[float64]float64, extensions int) Choice {
	c := Choice{Rates: slices.Clone(grid)}
	slices.Sort(c.Rates)
	for added := 0; ; added++ {
		for _, rate := range c.Rates {
			if _, known := losses[rate]; !known {
				c.Wants = append(c.Wants, rate)
			}
		}
		if len(c.Wants) > 0 {
			return c
		}
		best := bestOf(c.Rates, losses)
		c.Rate = 0
		if best >= 0 {
			c.Rate = c.Rates[best]
		}
		low, high := best <= 0, best == len(c.Rates)-1
		c.Edge = low || high
		if !c.Edge || added == extensions || len(c.Rates) < 2 {
			return c
		}
		if low {
			c.Rates = slices.Insert(c.Rates, 0, beyond(c.Rates[1], c.Rates[0]))
		} else {
			c.Rates = append(c.Rates, beyond(c.Rates[len(c.Rates)-2], c.Rates[len(c.Rates)-1]))
		}
	}
}

// bestOf is the index of the least finite loss, the lower rate of two alike, -1 for none.
func bestOf(rates []float64, losses map[float64]float64) int {
	best, least := -1, math.Inf(1)
	for i, rate := range rates {
		if loss := losses[rate]; loss < least {
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
