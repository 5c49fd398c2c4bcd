// SPDX-License-Identifier: Apache-2.0

package reproduce

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"revgn/internal/claims"
	"revgn/internal/lease"
	"revgn/internal/sweep"
)

// analysis is the CKA of a run at its end with its start, and with that of another seed.
type analysis struct {
	dir   sweep.Directory
	run   Known
	floor string
}

// analysesOf are those that cells want and that are not there.
func (s *Session) analysesOf(cells []Progress) []analysis {
	var all []analysis
	for _, p := range cells {
		if !p.Cell.CKA {
			continue
		}
		for i, k := range p.Judged {
			other := p.Judged[(i+1)%len(p.Judged)]
			if k.State.Status != sweep.Done || other.State.Status != sweep.Done || s.gone(k.Path) || analysed(k) {
				continue
			}
			all = append(all, analysis{dir: p.Cell.Dir, run: k, floor: other.Path})
		}
	}
	return all
}

// analysed says that the analysis of a run that is done is there.
func analysed(k Known) bool {
	_, err := claims.ReadSimilarity(k.Path, k.State.Summary.Last.Step)
	return err == nil
}

// analyse makes the analyses that cells want, several at a time.
func (s *Session) analyse(ctx context.Context, m Maker, task claims.Task, c claims.Claim, cells []Progress) (held bool, err error) {
	wants := s.analysesOf(cells)
	next := make(chan analysis)
	var mu sync.Mutex
	var workers sync.WaitGroup
	for worker := range m.Workers {
		workers.Go(func() {
			for a := range next {
				inOtherHands, e := s.analyseOne(ctx, m, task, c, a, worker)
				mu.Lock()
				held, err = held || inOtherHands, errors.Join(err, e)
				mu.Unlock()
			}
		})
	}
	for _, a := range wants {
		if ctx.Err() != nil {
			break
		}
		next <- a
	}
	close(next)
	workers.Wait()
	return held, errors.Join(err, ctx.Err())
}

// analyseOne makes an analysis unless another process does. One that fails is no error of the study: the claim says what it misses.
func (s *Session) analyseOne(ctx context.Context, m Maker, task claims.Task, c claims.Claim, a analysis, worker int) (held bool, err error) {
	room, err := s.room(a.dir)
	if err != nil {
		return false, err
	}
	l, err := room.Acquire("cka-" + a.run.Run.ID)
	var taken *lease.HeldError
	if errors.As(err, &taken) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, l.Release(true)) }()
	if analysed(a.run) {
		return false, nil
	}
	event := Event{Task: task.Name, Claim: c, CKA: a.run.Path, Sweep: sweep.Event{Worker: worker, Run: a.run.Run, Begun: true}}
	m.Tell(event)
	event.Err = Run(ctx, m.CKA(a.run.Path, a.floor, worker), l)
	event.Sweep.Begun = false
	if errors.Is(event.Err, errLost) {
		m.Tell(event)
		return true, nil
	}
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if event.Err == nil && !analysed(a.run) {
		event.Err = errors.New("it ended well, but its result is not there")
	}
	if event.Err != nil {
		s.giveUp(a.run.Path, fmt.Sprintf("its analysis of CKA failed: %v", event.Err))
	}
	m.Tell(event)
	return false, nil
}

// tail keeps the last line of what a process said.
func tail(text []byte) string {
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return lines[len(lines)-1]
}
