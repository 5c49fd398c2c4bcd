// SPDX-License-Identifier: Apache-2.0

package sweep

import (
	"errors"
	"sync"

	"revgn/internal/lease"
)

// schedule hands out the runs of a share to the workers of one process.
type schedule struct {
	work Work

	mu    sync.Mutex
	tasks []task
}

// task is a run as this process sees it.
type task struct {
	over   bool // ended for good, or failed too often
	active bool // a worker of this process has it
	tries  int  // of this process
	before int  // failures that stood in its history when this process began
	fails  int  // of this process, with attempts that someone else stopped
}

// claim is a run that this process may work on.
type claim struct {
	index int
	run   Run
	lease *lease.Lease
	try   int
}

func newSchedule(w Work) *schedule {
	s := &schedule{work: w, tasks: make([]task, len(w.Runs))}
	for i, run := range w.Runs {
		s.tasks[i].before = w.Dir.failures(run)
	}
	return s
}

// claim returns the first run that can be worked on, nil for none; others tells that other processes have some.
func (s *schedule) claim() (c *claim, others bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.tasks {
		t, run := &s.tasks[i], s.work.Runs[i]
		if t.over || t.active {
			continue
		}
		if s.work.Dir.State(run, false).Ended || s.exhausted(t, run) {
			t.over = true
			continue
		}
		l, err := s.work.Room.Acquire(run.ID)
		var held *lease.HeldError
		if errors.As(err, &held) {
			others = true
			continue
		}
		if err != nil {
			return nil, others, err
		}
		// Between the look and the lease another process may have ended it.
		if s.work.Dir.State(run, true).Ended || s.exhausted(t, run) {
			t.over = true
			_ = l.Release(s.work.Dir.State(run, true).Ended) // nothing hangs on it
			continue
		}
		if err := s.work.Dir.verify(run); err != nil {
			return nil, others, errors.Join(err, l.Release(false))
		}
		t.active = true
		return &claim{index: i, run: run, lease: l}, others, nil
	}
	return nil, others, nil
}

// exhausted says that a run failed as often as it may since this process began.
func (s *schedule) exhausted(t *task, run Run) bool {
	// A full disk may have kept failures of this process from the history.
	return max(s.work.Dir.failures(run)-t.before, t.fails) > s.work.Retries
}

func (s *schedule) tried(c *claim) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tasks[c.index].tries++
	c.try = s.tasks[c.index].tries
}

// finish takes note of how an attempt ended, and says whether there is to be another. Meant is false where the sweep itself was told to stop.
func (s *schedule) finish(c *claim, state State, end end, meant bool) (again bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &s.tasks[c.index]
	t.active = false
	switch {
	case state.Ended:
		t.over = true
	case !meant || end.lost: // others go on
	default:
		t.fails++
		t.over = s.exhausted(t, c.run)
		again = !t.over
	}
	return again
}
