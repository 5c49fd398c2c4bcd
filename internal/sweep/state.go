// SPDX-License-Identifier: Apache-2.0

package sweep

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"os"
	"path/filepath"

	"revgn/internal/lease"
	"revgn/internal/record"
)

// Status is how a run of a sweep stands.
type Status string

// The statuses. Only done and diverged, and what failed in a way that would come again, are the end.
const (
	Waiting     Status = "waiting"     // nobody has begun it
	Running     Status = "running"     // someone works on it
	Done        Status = "done"        //
	Diverged    Status = "diverged"    // it came to a number that is not finite
	Failed      Status = "failed"      //
	Interrupted Status = "interrupted" // it was told to stop, and can go on
	Stopped     Status = "stopped"     // whoever worked on it died, and it can go on
)

// Statuses lists them as tables do.
func Statuses() []Status {
	return []Status{Done, Diverged, Failed, Running, Interrupted, Stopped, Waiting}
}

// State is a run as its directory tells.
type State struct {
	Status  Status
	Ended   bool // for good: it would end so again
	Steps   int
	Total   int     // 0: not known yet
	Loss    float64 // the newest of a batch, NaN for none
	Seconds float64 // of the run so far, where it says
	Message string  // why it failed, diverged or stopped
	Summary record.Summary
}

// exitCheck is the code of runs whose certificate was asked to be better.
const exitCheck = 3

// State reads how a run stands. Held tells that someone works on it.
func (d Directory) State(run Run, held bool) State {
	s := State{Status: Waiting, Loss: math.NaN()}
	if n := run.Options.KnownTrainSamples(); n > 0 || run.Options.Epochs == 0 {
		s.Total = run.Options.TotalSteps(n)
	}
	if held {
		s.Status = Running
	}
	reader, err := record.Open(d.Run(run))
	if err != nil {
		return s
	}
	if m, err := reader.Manifest(); err == nil && m.TrainSamples > 0 {
		s.Total = run.Options.TotalSteps(m.TrainSamples)
	}
	summary, err := reader.Summary()
	if err != nil {
		summary = record.Summary{Status: record.Running}
	}
	s.settle(summary, held)
	if s.Status == Running || s.Status == Stopped || s.Steps == 0 {
		if step, loss, ok := lastStep(d.Run(run)); ok {
			s.Steps, s.Loss = step, loss
		}
	}
	return s
}

// settle takes over what the summary says.
func (s *State) settle(summary record.Summary, held bool) {
	s.Summary, s.Steps, s.Seconds, s.Message = summary, summary.Steps, float64(summary.Seconds), summary.Message
	if loss := summary.Last.BatchLoss; loss.Set {
		s.Loss = float64(loss.Value)
	}
	s.Ended = summary.Status == record.Done || summary.Status == record.Failed && summary.Final
	switch {
	case summary.Status == record.Done:
		s.Status = Done
	case s.Ended && summary.ExitCode != exitCheck:
		s.Status = Diverged
	case s.Ended:
		s.Status = Failed
	case held:
		s.Status, s.Message = Running, ""
	case summary.Status == record.Failed:
		s.Status = Failed
	case summary.Status == record.Interrupted:
		s.Status = Interrupted
	default:
		s.Status = Stopped
	}
}

// tail bounds what is read from the end of metrics.jsonl: the longest line fits several times.
const tail = 256 << 10

// lastStep reads the newest whole step line of a run that goes on.
func lastStep(dir string) (step int, loss float64, ok bool) {
	f, err := os.Open(filepath.Join(dir, "metrics.jsonl"))
	if err != nil {
		return 0, 0, false
	}
	defer f.Close()
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, 0, false
	}
	text := make([]byte, min(size, tail))
	if _, err := f.ReadAt(text, size-int64(len(text))); err != nil {
		return 0, 0, false
	}
	lines := bytes.Split(text, []byte("\n"))
	for i := len(lines) - 2; i >= 0; i-- { // what follows the last line break is cut short
		var line struct {
			Kind string        `json:"kind"`
			Step int           `json:"step"`
			Loss record.Number `json:"loss"`
		}
		if bytes.Contains(lines[i], []byte(`"kind":"step"`)) && json.Unmarshal(lines[i], &line) == nil && line.Kind == "step" {
			return line.Step, float64(line.Loss), true
		}
	}
	return 0, 0, false
}

// withHistory adds what the directory of a run cannot tell: that it failed before it wrote anything, or was killed.
func (d Directory) withHistory(run Run, s State) State {
	if s.Status != Waiting && s.Status != Stopped && !(s.Status == Failed && s.Message == "") {
		return s
	}
	if last, ok := d.lastFailure(run); ok {
		s.Status, s.Message = Failed, last
	}
	return s
}

// States reads how all runs stand.
func (d Directory) States(runs []Run, room *lease.Room) []State {
	states := make([]State, len(runs))
	for i, run := range runs {
		_, held := room.Holder(run.ID)
		states[i] = d.State(run, held)
		states[i] = d.withHistory(run, states[i])
	}
	return states
}
