// SPDX-License-Identifier: Apache-2.0

package reproduce

import (
	"math"
	"sync"
	"time"

	"revgn/internal/claims"
	"revgn/internal/lease"
	"revgn/internal/sweep"
)

// Session is a study with what this process knows of it. Its methods may be called from several goroutines.
type Session struct {
	study    Study
	takeover time.Duration

	mu      sync.Mutex
	library library
	rooms   map[sweep.Directory]*lease.Room
	ended   map[string]sweep.State      // by path of the run
	opened  map[string]*claims.Recorded // the same, of judged runs
	gaveUp  map[string]string           // why, by path of a run or an analysis: it failed here too often
}

// NewSession looks at nothing yet. Runs of other hosts that were not heard of for takeover may be taken over.
func NewSession(s Study, takeover time.Duration) *Session {
	return &Session{
		study: s, takeover: takeover, library: library{s, map[string][]Planned{}}, rooms: map[sweep.Directory]*lease.Room{},
		ended: map[string]sweep.State{}, opened: map[string]*claims.Recorded{}, gaveUp: map[string]string{},
	}
}

// Study is what is asked for.
func (s *Session) Study() Study { return s.study }

// Progress is how a cell stands.
type Progress struct {
	Cell   Cell
	Tuning []Known // of the rates that are asked for so far
	Judged []Known // nil while the rate is not known
	Choice claims.Choice
	Tuned  bool // the search for the rate is over, or there is none
}

// Known is a run with how it stands.
type Known struct {
	Planned
	Path  string
	State sweep.State
	Over  bool // it has ended, or failed here too often
}

// look tells how a cell stands. As is the rate of the arm that this one takes its own from, where it does.
func (s *Session) look(c Cell, as *Progress) (Progress, error) {
	p := Progress{Cell: c, Tuned: true}
	rate := 0.
	switch {
	case as != nil:
		p.Tuned, rate = as.Tuned, as.Choice.Rate
	case len(c.Arm.Rate.Grid) > 0:
		if err := s.lookForRate(&p); err != nil {
			return p, err
		}
		rate = p.Choice.Rate
	}
	wants := len(c.Arm.Rate.Grid) > 0 || as != nil
	if !p.Tuned || wants && rate == 0 {
		return p, nil
	}
	planned, err := s.library.judged(c, rate)
	if err == nil {
		p.Judged, err = s.known(c, planned)
	}
	return p, err
}

// lookForRate follows the search for a rate as far as the runs go.
func (s *Session) lookForRate(p *Progress) error {
	grid := s.study.Scale.Grid(p.Cell.Arm)
	losses := map[float64]float64{}
	for {
		p.Choice = claims.Choose(grid, losses, s.study.Scale.Extensions())
		planned, err := s.library.tuning(p.Cell, p.Choice.Rates)
		if err == nil {
			p.Tuning, err = s.known(p.Cell, planned)
		}
		if err != nil {
			return err
		}
		before := len(losses)
		for _, k := range p.Tuning {
			if k.State.Ended {
				losses[k.Rate] = finalLoss(k.State)
			}
		}
		if p.Tuned = len(p.Choice.Wants) == 0; p.Tuned || len(losses) == before {
			return nil
		}
	}
}

// finalLoss is the loss over the training part at the end, infinite of a run that diverged.
func finalLoss(s sweep.State) float64 {
	if loss := s.Summary.Last.TrainLoss; s.Status == sweep.Done && loss.Set && !math.IsNaN(float64(loss.Value)) {
		return float64(loss.Value)
	}
	return math.Inf(1)
}

// known tells how runs stand. What has ended stands so for good.
func (s *Session) known(c Cell, planned []Planned) ([]Known, error) {
	runs := make([]sweep.Run, len(planned))
	for i, p := range planned {
		runs[i] = p.Run
	}
	runs, err := c.Dir.Named(runs)
	if err != nil {
		return nil, err
	}
	all := make([]Known, len(planned))
	for i, p := range planned {
		p.Run = runs[i]
		k := Known{Planned: p, Path: c.Dir.Run(runs[i])}
		var ended bool
		if k.State, ended = s.ended[k.Path]; !ended {
			if k.State = c.Dir.State(runs[i], false); k.State.Ended {
				s.ended[k.Path] = k.State
			}
		}
		_, failed := s.gaveUp[k.Path]
		k.Over = k.State.Ended || failed
		all[i] = k
	}
	return all, nil
}

// Look tells how the cells of claims stand on a task, in the order of need.
func (s *Session) Look(task claims.Task, of []claims.Claim) ([]Progress, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	cells, err := s.study.cells(task, of)
	if err != nil {
		return nil, err
	}
	all := make([]Progress, len(cells))
	for i, c := range cells {
		var as *Progress
		for j := range all[:i] {
			if all[j].Cell.Arm.Name == c.Arm.Rate.As && all[j].Cell.Dir == c.Dir {
				as = &all[j]
			}
		}
		if all[i], err = s.look(c, as); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Wants are the runs that can be made now.
func (p Progress) Wants() []Known {
	var wants []Known
	for _, k := range append(p.Tuning[:len(p.Tuning):len(p.Tuning)], p.Judged...) {
		if !k.Over {
			wants = append(wants, k)
		}
	}
	return wants
}

// Over says that nothing more can be made of the cell, the analysis of CKA apart.
func (p Progress) Over() bool { return p.Tuned && len(p.Wants()) == 0 }
