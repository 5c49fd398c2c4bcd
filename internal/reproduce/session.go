// SPDX-License-Identifier: Apache-2.0

package reproduce

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"sync"
	"time"

	"revgn/internal/claims"
	"revgn/internal/lease"
	"revgn/internal/rates"
	"revgn/internal/sweep"
)

// Session is a study with what this process knows of it. Its methods may be called from several goroutines.
type Session struct {
	study    Study
	takeover time.Duration

	mu      sync.Mutex
	library library
	rooms   map[sweep.Directory]*lease.Room
	ended   map[string]sweep.State    // by path of the run
	judged  map[string]claims.Verdict // by task and claim
	gaveUp  map[string]string         // why, by path of a run or an analysis: it failed here too often
}

// NewSession looks at nothing yet. Runs of other hosts that were not heard of for takeover may be taken over.
func NewSession(s Study, takeover time.Duration) *Session {
	return &Session{
		study: s, takeover: takeover, library: library{s, map[string][]Planned{}}, rooms: map[sweep.Directory]*lease.Room{},
		ended: map[string]sweep.State{}, judged: map[string]claims.Verdict{}, gaveUp: map[string]string{},
	}
}

// Study is what is asked for.
func (s *Session) Study() Study { return s.study }

// Progress is how a cell stands.
type Progress struct {
	Cell      Cell
	Tuning    []Known // of the rates that are asked for so far
	Judged    []Known // nil while the rate is not known
	Choice    rates.Choice
	Tuned     bool      // the search for the rate is over, or there is none
	Discarded []float64 // rates at which a judged run diverged, or was not EXACT though its arm is
}

// Known is a run with how it stands.
type Known struct {
	Planned
	Path  string
	State sweep.State
	Over  bool // it has ended, or failed here too often
}

// look tells how a cell stands. As is the arm that this one takes its rate from, where it does.
func (s *Session) look(c Cell, as *Progress) (Progress, error) {
	p := Progress{Cell: c, Tuned: true}
	switch {
	case as != nil:
		// The other's rate is its own only when its judged runs have come to their end with it.
		p.Tuned = as.Tuned && len(as.Wants()) == 0
		if p.Tuned && as.Choice.Rate > 0 {
			return p, s.judgedAt(&p, as.Choice.Rate)
		}
		return p, nil
	case len(c.Arm.Rate.Grid) == 0:
		return p, s.judgedAt(&p, 0)
	}
	t := s.newTrials(c)
	for {
		if err := s.search(&p, t); err != nil || !p.Tuned || p.Choice.Rate == 0 {
			return p, err
		}
		rate := p.Choice.Rate
		if err := s.judgedAt(&p, rate); err != nil || !slices.ContainsFunc(p.Judged, func(k Known) bool { return k.State.Ended && math.IsInf(score(c.Arm, k.State), 1) }) {
			return p, err
		}
		t.discarded[rate], p.Discarded, p.Judged = true, append(p.Discarded, rate), nil
	}
}

// union adds runs to those that were there, and returns all by rate and seed.
func union(tried map[string]Known, runs []Known) []Known {
	for _, k := range runs {
		tried[k.Path] = k
	}
	return slices.SortedFunc(maps.Values(tried), func(a, b Known) int { return cmp.Or(cmp.Compare(a.Rate, b.Rate), cmp.Compare(a.Seed, b.Seed)) })
}

// judgedAt looks for the runs that verdicts are about.
func (s *Session) judgedAt(p *Progress, rate float64) error {
	planned, err := s.library.judged(p.Cell, rate)
	if err == nil {
		p.Judged, err = s.known(p.Cell, planned)
	}
	return err
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

// Wants are the runs that can be made now. Of the judged ones the first goes ahead: where it diverges the others are not made.
func (p Progress) Wants() []Known {
	judged := p.Judged
	if len(judged) > 0 && len(p.Cell.Arm.Rate.Grid) > 0 && !slices.ContainsFunc(judged, func(k Known) bool { return k.Over }) {
		judged = judged[:1]
	}
	var wants []Known
	for _, k := range slices.Concat(p.Tuning, judged) {
		if !k.Over {
			wants = append(wants, k)
		}
	}
	return wants
}
