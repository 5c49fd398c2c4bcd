// SPDX-License-Identifier: Apache-2.0

package reproduce

import (
	"maps"
	"math"
	"slices"

	"revgn/internal/claims"
	"revgn/internal/rates"
	"revgn/internal/sweep"
)

// trials are the losses by which the rate of a cell is chosen, as far as they are known.
type trials struct {
	grid      rates.Search
	seeds     []uint64
	losses    map[float64]map[uint64]float64 // of the tuning runs that have ended, by rate and seed
	asked     []float64                      // rates at which all seeds are to make a run, for they were the best so far
	discarded map[float64]bool
	tried     map[string]Known // all runs that were asked for, also at rates to which a search that begins anew does not come
}

func (s *Session) newTrials(c Cell) *trials {
	scale := s.study.Scale
	return &trials{grid: rates.Search{Grid: scale.Grid(c.Arm), Extensions: scale.Extensions(), Finest: scale.Finest()}, seeds: scale.TuningSeeds(),
		losses: map[float64]map[uint64]float64{}, discarded: map[float64]bool{}, tried: map[string]Known{}}
}

// loss is what a rate is judged by: that of the first seed, and of all where all were asked for and have ended. What only some of them say does not count, so
// that the choice does not depend on which of them ended first.
func (t *trials) loss(rate float64) (loss float64, known bool) {
	if t.discarded[rate] {
		return math.Inf(1), true
	}
	if t.confirmed(rate) {
		return together(t.losses[rate]), true
	}
	loss, known = t.losses[rate][t.seeds[0]]
	return loss, known
}

func (t *trials) confirmed(rate float64) bool {
	return slices.Contains(t.asked, rate) && len(t.losses[rate]) == len(t.seeds)
}

// together is the geometric mean of losses, infinite where one of them is.
func together(losses map[uint64]float64) float64 {
	sum := 0.
	for _, seed := range slices.Sorted(maps.Keys(losses)) { // a sum depends on its order
		sum += math.Log(losses[seed])
	}
	return math.Exp(sum / float64(len(losses)))
}

// read takes over what runs came to, and tells whether that is news.
func (t *trials) read(arm claims.Arm, runs []Known) (news bool) {
	for _, k := range runs {
		if _, known := t.losses[k.Rate][k.Seed]; known || !k.State.Ended {
			continue
		}
		if t.losses[k.Rate] == nil {
			t.losses[k.Rate] = map[uint64]float64{}
		}
		t.losses[k.Rate][k.Seed], news = score(arm, k.State), true
	}
	return news
}

// search follows the search for a rate as far as the tuning runs go.
func (s *Session) search(p *Progress, t *trials) error {
	p.Tuned = false
	for {
		p.Choice = t.grid.Choose(t.loss)
		runs, err := s.tuning(p.Cell, p.Choice.Rates, t)
		if err != nil {
			return err
		}
		p.Tuning = union(t.tried, runs)
		best := p.Choice.Rate
		switch {
		case t.read(p.Cell.Arm, runs):
		case len(p.Choice.Wants) > 0:
			return nil
		case best == 0 || t.confirmed(best):
			p.Tuned = true
			return nil
		case slices.Contains(t.asked, best):
			return nil
		default:
			t.asked = append(t.asked, best)
		}
	}
}

// tuning are the runs that a search asks for so far.
func (s *Session) tuning(c Cell, grid []float64, t *trials) ([]Known, error) {
	planned, err := s.library.tuning(c, grid, t.seeds[:1])
	if err == nil && len(t.asked) > 0 && len(t.seeds) > 1 {
		var more []Planned
		more, err = s.library.tuning(c, t.asked, t.seeds[1:])
		planned = slices.Concat(planned, more)
	}
	if err != nil {
		return nil, err
	}
	return s.known(c, planned)
}

// score is what a run is judged by: the loss over the training part at the end, infinite of a run that diverged, or of an exact arm's that was not EXACT throughout.
func score(arm claims.Arm, s sweep.State) float64 {
	loss := s.Summary.Last.TrainLoss
	if s.Status != sweep.Done || !loss.Set || math.IsNaN(float64(loss.Value)) || arm.Class == claims.Exact && s.Summary.ExactSteps < s.Summary.Certified {
		return math.Inf(1)
	}
	return claims.Resolved(loss.Value)
}
