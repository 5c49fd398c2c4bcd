// SPDX-License-Identifier: Apache-2.0

package main

import (
	"math"
	"strconv"

	"revgn/internal/rates"
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
	rates.Choice
	trials []trial // runs that are needed next, none when all is known
	tuned  bool    // the rate is settled; what is wanted are the other seeds
}

// choose compares the rates known so far by the first seed. A rate that another seed shows to be none makes way for the next best.
func (s *search) choose() choice {
	c := choice{Choice: rates.Search{Grid: s.grid, Extensions: s.extend, Top: s.top}.Choose(func(lr float64) (float64, bool) {
		return s.loss(lr), s.has(trial{lr, s.seeds[0]})
	})}
	for _, lr := range c.Wants {
		c.trials = append(c.trials, trial{lr, s.seeds[0]})
	}
	c.tuned = len(c.Wants) == 0
	if !c.tuned || c.Rate == 0 {
		return c
	}
	for _, seed := range s.seeds[1:] {
		if t := (trial{c.Rate, seed}); !s.has(t) {
			c.trials = append(c.trials, t)
		}
	}
	return c
}

func (s *search) has(t trial) bool {
	_, ok := s.known[t]
	return ok
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

// rate is a learning rate as directories, flags and the table have it.
func rate(lr float64) string { return strconv.FormatFloat(lr, 'g', -1, 64) }
