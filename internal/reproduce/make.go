// SPDX-License-Identifier: Apache-2.0

package reproduce

import (
	"context"
	"os/exec"
	"time"

	"revgn/internal/claims"
	"revgn/internal/lease"
	"revgn/internal/sweep"
)

// Maker is how runs and analyses are made.
type Maker struct {
	Workers int
	Retries int // of a run that fails
	// Run is `revgn train` for a run, by the worker of that number (from 0).
	Run func(run sweep.Run, dir string, worker int) *exec.Cmd
	// CKA is the analysis of a run, with another seed's run as its floor.
	CKA func(dir, floor string, worker int) *exec.Cmd
	// Tell is called when something begins and ends, from several goroutines.
	Tell func(Event)
}

// Event is a run or an analysis that began or ended, for a claim on a task.
type Event struct {
	Task  string
	Claim claims.Claim
	Sweep sweep.Event
	CKA   string // the run's directory, where it is an analysis
	Err   error  // of the analysis
}

// poll is how often it is looked whether other processes left something.
const poll = time.Second

// Make makes what is missing, claim by claim, and calls after when the work for one is over. It returns when nothing can be made any more, or with what ended it.
func (s *Session) Make(ctx context.Context, m Maker, after func(claims.Task, claims.Claim) error) error {
	told := map[string]bool{}
	for {
		others := false
		for _, task := range s.study.Tasks {
			for _, c := range s.study.Claims {
				held, err := s.makeFor(ctx, m, task, c)
				if err != nil {
					return err
				}
				others = others || held
				if key := task.Name + " " + c.Name(); !held && !told[key] {
					told[key] = true
					if err := after(task, c); err != nil {
						return err
					}
				}
			}
		}
		if !others {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(poll):
		}
	}
}

// makeFor makes what a claim misses; held says that the rest of it is in the hands of other processes.
func (s *Session) makeFor(ctx context.Context, m Maker, task claims.Task, c claims.Claim) (held bool, err error) {
	for {
		cells, err := s.Look(task, []claims.Claim{c})
		if err != nil {
			return false, err
		}
		batches := batchesOf(cells)
		if len(batches) == 0 {
			return s.analyse(ctx, m, task, c, cells)
		}
		made := 0
		for _, b := range batches {
			n, err := s.makeBatch(ctx, m, task, c, b)
			if err != nil {
				return false, err
			}
			made += n
		}
		if made == 0 {
			return true, nil
		}
	}
}

// batch are runs of one sweep directory.
type batch struct {
	dir  sweep.Directory
	runs []sweep.Run
}

// batchesOf gathers what cells want by directory, a run that serves two arms once. The first run of every cell comes before the second of any: runs of one
// arm begin by compiling the same graphs, which workers would otherwise do at the same time.
func batchesOf(cells []Progress) []batch {
	var batches []batch
	at := map[sweep.Directory]int{}
	seen := map[string]bool{}
	for place, more := 0, true; more; place++ {
		more = false
		for _, p := range cells {
			wants := p.Wants()
			if place >= len(wants) {
				continue
			}
			more = true
			k := wants[place]
			if seen[k.Path] {
				continue
			}
			seen[k.Path] = true
			i, ok := at[p.Cell.Dir]
			if !ok {
				i = len(batches)
				at[p.Cell.Dir] = i
				batches = append(batches, batch{dir: p.Cell.Dir})
			}
			batches[i].runs = append(batches[i].runs, k.Run)
		}
	}
	return batches
}

// makeBatch makes what is not in other hands, and returns of how many runs it is settled now what comes of them.
func (s *Session) makeBatch(ctx context.Context, m Maker, task claims.Task, c claims.Claim, b batch) (settled int, err error) {
	room, err := s.room(b.dir)
	if err != nil {
		return 0, err
	}
	runs, err := b.dir.Add(ctx, room, "", b.runs)
	if err != nil {
		return 0, err
	}
	work := sweep.Work{
		Dir: b.dir, Runs: runs, Room: room, Workers: m.Workers, Retries: m.Retries, Command: m.Run,
		Tell: func(e sweep.Event) {
			// Only what failed here for the last time is given up; a run that is neither ended nor that is in other hands.
			if !e.Begun && e.State.Status == sweep.Failed && !e.Again && !e.State.Ended {
				s.giveUp(b.dir.Run(e.Run), e.State.Message)
			}
			m.Tell(Event{Task: task.Name, Claim: c, Sweep: e})
		},
	}
	if err := work.Execute(ctx); err != nil {
		return 0, err
	}
	for _, run := range runs {
		if s.gone(b.dir.Run(run)) || b.dir.State(run, false).Ended {
			settled++
		}
	}
	return settled, nil
}

func (s *Session) giveUp(path, why string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gaveUp[path] = why
}

// gone says that a run or its analysis was given up here.
func (s *Session) gone(path string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, gone := s.gaveUp[path]
	return gone
}

func (s *Session) room(dir sweep.Directory) (*lease.Room, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if room, ok := s.rooms[dir]; ok {
		return room, nil
	}
	room, err := lease.Open(dir.Locks(), s.takeover)
	if err == nil {
		s.rooms[dir] = room
	}
	return room, err
}
