// SPDX-License-Identifier: Apache-2.0

package main

import (
	"math"
	"slices"
	"strconv"
)

// trial is one run of a method.
type trial struct {
	lr   float64
	seed uint
}

// search is a method on its way to its rate: what to run next follows from what is known alone, so that an interrupted comparison takes the same way again.
type search struct {
	method
	seeds  []uint
	extend int // rates that may be added to the grid
	known  map[trial]result
}

// choice is where a search stands.
type choice struct {
	grid  []float64 // ascending; the method's, and what was added
	best  int       // index of the best rate, -1 where none gave a finite loss
	edge  bool      // the best rate lies at an edge of a grid that may grow no more
	wants []trial   // runs that are needed next, none when all is known
	tuned bool      // the rate is settled; what is wanted are the other seeds
}

// choose compares the rates known so far and extends the grid where the best one lies at its edge. Where no rate is any good it goes down. A rate that another
// seed shows to be none makes way for the next best.
func (s *search) choose() choice {
	c := choice{grid: slices.Clone(s.grid)}
	for added := 0; ; added++ {
		for _, lr := range c.grid {
			c.want(s, trial{lr, s.seeds[0]})
		}
		if len(c.wants) > 0 {
			return c
		}
		c.best = s.best(c.grid)
		low, high := c.best <= 0, c.best == len(c.grid)-1
		c.edge = len(s.grid) > 1 && (low || high)
		if !c.edge || added == s.extend {
			break
		}
		if !low && s.top > 0 && beyond(c.grid[len(c.grid)-2], c.grid[len(c.grid)-1]) > s.top {
			break
		}
		if low {
			c.grid = slices.Insert(c.grid, 0, beyond(c.grid[1], c.grid[0]))
		} else {
			c.grid = append(c.grid, beyond(c.grid[len(c.grid)-2], c.grid[len(c.grid)-1]))
		}
	}
	c.tuned = true
	if c.best >= 0 {
		for _, seed := range s.seeds[1:] {
			c.want(s, trial{c.grid[c.best], seed})
		}
	}
	return c
}

// want notes a trial that is not known.
func (c *choice) want(s *search, t trial) {
	if _, ok := s.known[t]; !ok {
		c.wants = append(c.wants, t)
	}
}

// best returns the index of the rate with the least loss, the lower one of two alike, -1 where none is finite.
func (s *search) best(grid []float64) int {
	best, least := -1, math.Inf(1)
	for i, lr := range grid {
		if loss := s.loss(lr); loss < least {
			best, least = i, loss
		}
	}
	return best
}

// loss is the first seed's training loss at a rate, infinite where that of any seed known there is.
func (s *search) loss(lr float64) float64 {
	for _, seed := range s.seeds[1:] {
		if r, ok := s.known[trial{lr, seed}]; ok && math.IsInf(r.loss(), 1) {
			return math.Inf(1)
		}
	}
	return s.known[trial{lr, s.seeds[0]}].loss()
}

// beyond continues the grid from inner over edge by their ratio, in decimals that a person would write.
func beyond(inner, edge float64) float64 {
	v, err := strconv.ParseFloat(strconv.FormatFloat(edge*(edge/inner), 'g', 6, 64), 64)
	if err != nil {
		return edge * (edge / inner)
	}
	return v
}

// rate is a learning rate as directories, flags and the table have it.
func rate(lr float64) string { return strconv.FormatFloat(lr, 'g', -1, 64) }
