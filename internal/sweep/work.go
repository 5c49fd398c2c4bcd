// SPDX-License-Identifier: Apache-2.0

package sweep

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"sync"
	"time"

	"revgn/internal/lease"
)

// Work is what one sweep process does in a directory.
type Work struct {
	Dir     Directory
	Runs    []Run // its share
	Room    *lease.Room
	Workers int
	Retries int // of a run that fails, by all processes since this one began
	// FailFast stops everything when a run has failed for the last time.
	FailFast bool
	// Wait stays while other processes work on runs of the share, to follow them where they die.
	Wait bool
	// Command is `revgn train` for a run, by the worker of that number (from 0).
	Command func(run Run, dir string, worker int) *exec.Cmd
	// Tell is called when a run begins and ends, from several goroutines.
	Tell func(Event)
}

// Event is the beginning or the end of an attempt at a run.
type Event struct {
	Worker int
	Run    Run
	Begun  bool // else it ended
	State  State
	Try    int  // of this process, from 1
	Again  bool // it failed, and is tried again
	Took   time.Duration
}

// FailFastError is the run that ended a sweep.
type FailFastError struct {
	Run     Run
	Message string
}

func (e *FailFastError) Error() string {
	return fmt.Sprintf("stopped by the first failure, of %s: %s", e.Run.Name, e.Message)
}

// poll is how often a worker that has nothing to do looks whether others left something.
const poll = time.Second

// Execute makes the runs that are not there. It returns when each of its share has ended, failed for the last time, or is in other hands and Wait is off; after ctx is
// cancelled as soon as the children have ended in order. What runs came to is told by their states; the error is of the sweep itself.
func (w Work) Execute(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s := newSchedule(w)
	var workers sync.WaitGroup
	var first error
	var once sync.Once
	for n := range w.Workers {
		workers.Go(func() {
			if err := w.labour(ctx, cancel, s, n); err != nil {
				once.Do(func() { first = err })
			}
		})
	}
	workers.Wait()
	var stopped *FailFastError
	switch {
	case errors.As(context.Cause(ctx), &stopped):
		return stopped
	case first != nil:
		return first
	}
	return ctx.Err()
}

// labour is a worker: it claims runs and makes them until there are none.
func (w Work) labour(ctx context.Context, cancel context.CancelCauseFunc, s *schedule, worker int) error {
	for ctx.Err() == nil {
		c, others, err := s.claim()
		switch {
		case err != nil:
			return err
		case c == nil && (!others || !w.Wait):
			return nil
		case c == nil:
			select {
			case <-ctx.Done():
			case <-time.After(poll):
			}
			continue
		}
		if failed := w.make(ctx, s, c, worker); failed != nil && w.FailFast {
			cancel(failed)
		}
	}
	return nil
}

// make makes one attempt at a claimed run and gives it back; what it returns is a failure that is not tried again.
func (w Work) make(ctx context.Context, s *schedule, c *claim, worker int) *FailFastError {
	s.tried(c)
	w.Tell(Event{Worker: worker, Run: c.run, Begun: true, Try: c.try, State: w.Dir.State(c.run, true)})
	begun := time.Now()
	_ = w.Dir.note(c.run, attempt{Event: "start"}) // a full disk is told by the run itself
	end := w.attempt(ctx, c, worker)
	state := end.judge(w.Dir.State(c.run, false))
	took := time.Since(begun)
	_ = w.Dir.note(c.run, attempt{Event: "end", Exit: end.code, Seconds: took.Seconds(), Error: end.message(state)})
	again := s.finish(c, state, end, ctx.Err() == nil)
	// The lease is given back last: who takes it next must find what came of this attempt.
	_ = c.lease.Release(state.Ended)
	w.Tell(Event{Worker: worker, Run: c.run, State: state, Try: c.try, Again: again, Took: took})
	if state.Status == Failed && !again && ctx.Err() == nil {
		return &FailFastError{c.run, state.Message}
	}
	return nil
}
