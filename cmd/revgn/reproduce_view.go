// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"revgn/internal/claims"
	"revgn/internal/progress"
	"revgn/internal/record"
	"revgn/internal/reproduce"
)

// reproduceView tells how a study goes while it goes.
type reproduceView struct {
	board   *progress.Board
	session *reproduce.Session
	workers int

	mu     sync.Mutex
	active map[int]busy // by worker
	all    totals
}

// busy is what a worker does.
type busy struct {
	what  string
	since time.Time
}

// totals are what a study comes to, and how far it is.
type totals struct {
	runs, over int
	seconds    float64 // that the rest takes one after the other, of runs of kinds that are known
	unpriced   int     // cells of which nothing is known
}

func newReproduceView(board *progress.Board, s *reproduce.Session, o reproduceOptions) (*reproduceView, error) {
	v := &reproduceView{board: board, session: s, workers: o.atOnce(), active: map[int]busy{}}
	study := s.Study()
	var tasks []string
	for _, t := range study.Tasks {
		tasks = append(tasks, t.Name)
	}
	if err := v.count(); err != nil {
		return nil, err
	}
	if board.JSON() {
		board.Object(map[string]any{"kind": "study", "dir": study.Dir, "scale": study.Scale, "tasks": tasks, "claims": len(study.Claims), "runs": v.all.runs, "over": v.all.over, "workers": v.workers})
		return v, nil
	}
	board.Note("study      %s", record.Short(study.Dir))
	board.Note("claims     %d at scale %s, on %s", len(study.Claims), study.Scale, strings.Join(tasks, " and "))
	for _, t := range study.Tasks {
		board.Note("           %s: %s", t.Name, t.Note)
	}
	board.Note("runs       %d of %d are there; more may come where the best rate lies at the edge of its grid", v.all.over, v.all.runs)
	board.Note("workers    %s", gathered{sweepOptions: o.sweepOptions}.workersText())
	return v, nil
}

// count looks how far everything is.
func (v *reproduceView) count() error {
	prices, err := v.session.Known()
	if err != nil {
		return err
	}
	lines, err := v.session.Plan(prices)
	if err != nil {
		return err
	}
	var t totals
	for _, l := range lines {
		t.runs, t.over, t.seconds = t.runs+l.Tuning+l.Judged, t.over+l.Over, t.seconds+l.Seconds
		if !l.Priced {
			t.unpriced++
		}
	}
	v.mu.Lock()
	v.all = t
	v.mu.Unlock()
	return nil
}

// head is the line of the whole.
func (v *reproduceView) head() string {
	text := fmt.Sprintf("           %d of %d runs", v.all.over, v.all.runs)
	if v.all.seconds > 0 {
		left := progress.Clock(time.Duration(v.all.seconds / float64(v.workers) * float64(time.Second)))
		if text += "; about " + left + " left"; v.all.unpriced > 0 {
			text += " for runs of kinds that are known"
		}
	}
	return text
}

// tell takes an event.
func (v *reproduceView) tell(e reproduce.Event) {
	what := e.Task + " " + filepath.Base(e.Sweep.Run.Name)
	if e.CKA != "" {
		what = e.Task + " CKA of " + filepath.Base(e.CKA)
	}
	v.mu.Lock()
	if e.Sweep.Begun {
		v.active[e.Sweep.Worker] = busy{what, time.Now()}
	} else {
		delete(v.active, e.Sweep.Worker)
	}
	v.mu.Unlock()
	v.board.Object(reproduceObject(e))
	if !v.board.JSON() && !e.Sweep.Begun {
		v.board.Note("%s", reproduceLine(e, what))
	}
}

// settled tells the verdict of a claim for which nothing is left to do, and keeps what there is so far.
func (v *reproduceView) settled(task claims.Task, c claims.Claim) error {
	all, err := judge(v.session)
	if err != nil {
		return err
	}
	for _, verdict := range all.Verdicts {
		if verdict.Task == task.Name && verdict.Claim == c.ID && verdict.Variation == c.Variation {
			v.board.Object(map[string]any{"kind": "verdict", "task": task.Name, "claim": c.ID, "variation": c.Variation, "verdict": verdict.Verdict, "reason": verdict.Reason})
			if !v.board.JSON() {
				v.board.Note("claim      %s on %s %s  %s", c.Name(), task.Name, verdict.Verdict, brief(verdict.Reason, 100))
			}
		}
	}
	return nil
}

// watch keeps the head up to date until stop is called.
func (v *reproduceView) watch() (stop func()) {
	look := func() { _ = v.count() } // what is wrong with a directory is told by the work itself
	return pace{lookEvery: 10 * time.Second, look: look, reportEvery: time.Minute, report: v.report, block: v.block}.watch(v.board)
}

// report is the line for files and machines.
func (v *reproduceView) report() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.board.Object(map[string]any{"kind": "progress", "runs": v.all.runs, "over": v.all.over, "left_seconds": v.all.seconds / float64(v.workers)})
	if !v.board.JSON() {
		v.board.Note("%s", v.head())
	}
}

// block is what a terminal shows: what every worker does, and the whole.
func (v *reproduceView) block() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	var lines []string
	for worker := range v.workers {
		if b, ok := v.active[worker]; ok {
			lines = append(lines, fmt.Sprintf("%10d %s  %s", worker+1, b.what, progress.Clock(time.Since(b.since))))
		}
	}
	return append(lines, v.head())
}
