// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"revgn/internal/lease"
	"revgn/internal/number"
	"revgn/internal/progress"
	"revgn/internal/record"
	"revgn/internal/sweep"
)

// sweepView tells how a sweep goes while it goes.
type sweepView struct {
	board *progress.Board
	g     gathered
	runs  []sweep.Run
	room  *lease.Room
	begun time.Time

	mu     sync.Mutex
	states []sweep.State
	active map[int]*activeRun // by worker
}

type activeRun struct {
	index int
	since time.Time
}

func newSweepView(board *progress.Board, g gathered, runs []sweep.Run, room *lease.Room) *sweepView {
	return &sweepView{board: board, g: g, runs: runs, room: room, begun: time.Now(), states: g.dir.States(runs, room), active: map[int]*activeRun{}}
}

// announce tells what is about to happen.
func (v *sweepView) announce() {
	c := countStates(v.states)
	if v.board.JSON() {
		v.board.Object(map[string]any{"kind": "sweep", "dir": string(v.g.dir), "runs": c.all, "done": c.of[sweep.Done], "workers": v.g.atOnce(), "shard": v.g.part.String()})
	} else {
		v.board.Note("sweep      %s", record.Short(string(v.g.dir)))
		v.board.Note("runs       %s%s", c, v.g.combined())
		v.board.Note("workers    %s", v.g.workersText())
		if v.g.part.From != "" {
			v.board.Note("shard      %s: %d of %s", v.g.part.Describe(), len(v.runs), number.Plural(len(v.g.runs), "run"))
		}
	}
	for _, warning := range v.g.warnings() {
		v.board.Note("warning: %s", warning)
	}
}

// combined says how the runs came from combinations, where that is not one to one.
func (g gathered) combined() string {
	if g.all.Combined == len(g.all.Runs) {
		return ""
	}
	text := fmt.Sprintf(" (%s come to %s", number.Plural(g.all.Combined, "combination"), number.Plural(len(g.all.Runs), "run"))
	if n := len(g.all.Invalid); n > 0 {
		text += fmt.Sprintf(", %d cannot hold", n)
	}
	return text + ")"
}

func (g gathered) workersText() string {
	text := fmt.Sprint(g.atOnce())
	if n := g.processors(); n > 0 {
		text += fmt.Sprintf(", GOMAXPROCS=%d each", n)
	}
	if len(g.gpus) > 0 {
		text += fmt.Sprintf(", on GPUs %v", g.gpus)
	}
	return text
}

// warnings are what may not be meant.
func (g gathered) warnings() []string {
	var all []string
	for _, name := range g.all.Unread {
		all = append(all, name+" is read by none of the runs")
	}
	if text := sweep.Unequal(g.contests, g.groupBy); g.best != "" && text != "" {
		all = append(all, text+" (--budget N makes them equal)")
	}
	if len(g.gpus) > 0 && g.atOnce() > len(g.gpus) {
		all = append(all, fmt.Sprintf("%d workers share %d GPUs, and XLA takes most of the memory of a GPU at once: the second on one may find too little", g.atOnce(), len(g.gpus)))
	}
	return all
}

// tell takes an event of the work.
func (v *sweepView) tell(e sweep.Event) {
	v.mu.Lock()
	defer v.mu.Unlock()
	i := slices.IndexFunc(v.runs, func(r sweep.Run) bool { return r.ID == e.Run.ID })
	v.states[i] = e.State
	if e.Begun {
		v.active[e.Worker] = &activeRun{i, time.Now()}
	} else {
		delete(v.active, e.Worker)
	}
	v.board.Object(eventObject(e, v.g.dir))
	if v.board.JSON() || e.Begun && v.board.Live() {
		return
	}
	v.board.Note("%s", v.eventLine(e))
}

// watch keeps the table up to date until stop is called.
func (v *sweepView) watch() (stop func()) {
	return pace{lookEvery: 5 * time.Second, look: v.look, reportEvery: 10 * time.Second, report: v.report, block: v.table}.watch(v.board)
}

// look reads how the runs stand that have not ended.
func (v *sweepView) look() {
	v.mu.Lock()
	var open []int
	for i, s := range v.states {
		if !s.Ended {
			open = append(open, i)
		}
	}
	v.mu.Unlock()
	for _, i := range open {
		_, held := v.room.Holder(v.runs[i].ID)
		state := v.g.dir.State(v.runs[i], held)
		v.mu.Lock()
		if s := v.states[i]; state.Status != sweep.Waiting || s.Status == sweep.Running {
			if !(s.Status == sweep.Failed && !held && !state.Ended) { // what this process found out of it says more
				v.states[i] = state
			}
		}
		v.mu.Unlock()
	}
}

// report is the line for files and machines.
func (v *sweepView) report() {
	v.mu.Lock()
	defer v.mu.Unlock()
	c := countStates(v.states)
	o := map[string]any{"kind": "progress", "runs": c.all}
	for _, s := range sweep.Statuses() {
		o[string(s)] = c.of[s]
	}
	if left, _, ok := v.left(); ok {
		o["left_seconds"] = math.Round(left.Seconds())
	}
	v.board.Object(o)
	if !v.board.JSON() {
		v.board.Note("%s", v.head())
	}
}

func (v *sweepView) left() (time.Duration, sweep.Basis, bool) {
	return sweep.NewPrices(v.runs, v.states, 0).Left(v.runs, v.states, v.g.atOnce())
}

func (v *sweepView) head() string {
	text := "           " + countStates(v.states).String()
	if left, _, ok := v.left(); ok && left > 0 {
		text += "; about " + progress.Clock(left) + " left"
	}
	return text
}

// table is the block of lines of a terminal: the counts, and what every worker does.
func (v *sweepView) table() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	var lines []string
	for worker := range v.g.atOnce() {
		a := v.active[worker]
		if a == nil {
			continue
		}
		s := v.g.dir.State(v.runs[a.index], true)
		v.states[a.index] = s
		lines = append(lines, fmt.Sprintf("%9d  %-40s %9s %8s %6s", worker+1, shortName(v.runs[a.index].Name, 40), stepsText(s), number4(s.Loss), progress.Clock(time.Since(a.since))))
	}
	if lines != nil {
		lines = append([]string{fmt.Sprintf("%9s  %-40s %9s %8s %6s", "worker", "run", "step", "loss", "time")}, lines...)
	}
	return append(lines, v.head())
}
