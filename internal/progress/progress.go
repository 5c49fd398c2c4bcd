// SPDX-License-Identifier: Apache-2.0

package progress

import (
	"io"
	"math"
	"os"
	"time"

	"golang.org/x/term"
)

// Reporter is told how far a run is. Start comes first and Stop last, on every
// way out; Step and Note may come in any order between. The methods may be
// called from several goroutines.
type Reporter interface {
	// Start announces work in total parts, each a unit such as "step", and its name, for example "digits-gn-seed42".
	Start(total int, unit, what string)
	// Step tells the state after a step. It is cheap: most calls print nothing.
	Step(s Status)
	// Doing tells what takes long between steps, such as an evaluation; it gives way to the next step.
	Doing(what string)
	// Scores tells the result of an evaluation.
	Scores(s Scores)
	// Note prints one line that stays.
	Note(format string, a ...any)
	// Stop prints what was held back and leaves the cursor on an empty line.
	Stop()
}

// Status is the state after a step.
type Status struct {
	Epoch, Epochs  int     // from 1; Epochs 0: not counted by epochs
	Step, Steps    int     // steps done and in all
	Unit           string  // what a step is; empty: "step"
	Loss, Acc      float64 // of the step's batch; NaN: none
	Cert           float64 // the step's certificate; NaN: none
	StepsPerSecond float64
	Left           time.Duration // 0: unknown
}

// Count is the state of work that has neither loss nor certificate: so many units of so many are done.
func Count(done, of int, unit string) Status {
	return Status{Step: done, Steps: of, Unit: unit, Loss: math.NaN(), Acc: math.NaN(), Cert: math.NaN()}
}

// Scores are losses and accuracies over whole sets; NaN: not measured.
type Scores struct {
	Epoch               float64 // epochs of data used so far
	Step                int
	TrainLoss, TrainAcc float64
	TestLoss, TestAcc   float64
}

// Pace of the printed lines.
const (
	livePace   = 100 * time.Millisecond
	plainPace  = 10 * time.Second
	scoresPace = time.Second
)

// New returns the reporter that suits w: JSON lines when asked for, a live line
// when w is a terminal, else plain lines.
func New(w io.Writer, json bool) Reporter {
	p := pace{now: time.Now, every: plainPace}
	scores := pace{now: time.Now, every: scoresPace}
	if json {
		return &lines{w: w, pace: p, doing: p, json: true}
	}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb" {
		p.every = livePace
		return &live{w: w, pace: p, scores: scores, width: func() int { return width(f) }}
	}
	return &lines{w: w, pace: p, doing: p, scores: scores}
}

// width returns the terminal's columns, 80 where it does not say.
func width(f *os.File) int {
	if columns, _, err := term.GetSize(int(f.Fd())); err == nil && columns > 0 {
		return columns
	}
	return 80
}

// pace lets an event pass when the last one that passed is long enough ago.
type pace struct {
	now   func() time.Time
	every time.Duration
	last  time.Time
}

func (p *pace) pass() bool {
	t := p.now()
	if !p.last.IsZero() && t.Sub(p.last) < p.every {
		return false
	}
	p.last = t
	return true
}
