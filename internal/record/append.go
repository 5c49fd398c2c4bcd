// SPDX-License-Identifier: Apache-2.0

package record

import (
	"encoding/json"
	"fmt"
	"path/filepath"
)

// AppendStep writes a step's line, and an event where a number of it is not finite.
func (r *Run) AppendStep(s StepRecord) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	line := struct {
		Kind string `json:"kind"`
		StepRecord
	}{kindStep, s}
	if err := r.appendLine(line, s, s.Step, s.Epoch); err != nil {
		return err
	}
	r.tally.addStep(s)
	return nil
}

// AppendEval writes an evaluation's line, and an event where a number of it is not finite.
func (r *Run) AppendEval(e EvalRecord) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	line := struct {
		Kind string `json:"kind"`
		EvalRecord
	}{kindEval, e}
	if err := r.appendLine(line, e, e.Step, e.Epoch); err != nil {
		return err
	}
	r.tally.addEval(e)
	return nil
}

// AppendProbe writes a probe's line, and an event where a number of it is not finite.
func (r *Run) AppendProbe(p ProbeRecord) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	line := struct {
		Kind string `json:"kind"`
		ProbeRecord
	}{kindProbe, p}
	if err := r.appendLine(line, p, p.Step, p.Epoch); err != nil {
		return err
	}
	r.tally.addProbe(p)
	return nil
}

// AppendEvent writes an event's line.
func (r *Run) AppendEvent(e EventRecord) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.writeEvent(e)
}

func (r *Run) writeEvent(e EventRecord) error {
	if err := r.writeLine(eventLine(e)); err != nil {
		return err
	}
	return r.reflect(lineOf(e))
}

func eventLine(e EventRecord) any {
	return struct {
		Kind string `json:"kind"`
		EventRecord
	}{kindEvent, e}
}

// appendLine writes line, then the event that its record's non-finite numbers ask for.
func (r *Run) appendLine(line, rec any, step int, epoch float64) error {
	if err := r.writeLine(line); err != nil {
		return err
	}
	if err := r.reflect(lineOf(rec)); err != nil {
		return err
	}
	fields, message := nonFinite(rec)
	if len(fields) == 0 {
		return nil
	}
	return r.writeEvent(EventRecord{
		Step: step, Epoch: epoch, Event: eventNonFinite, Fields: fields,
		Message: fmt.Sprintf("step %d: %s", step, message),
	})
}

// writeLine writes one line in one call. Where the disk takes only a part of it the
// part is cut off again, so that the file always ends with a whole line.
func (r *Run) writeLine(v any) error {
	path := filepath.Join(r.dir, metricsFile)
	if r.metrics == nil {
		return fmt.Errorf("cannot write %s: the run is closed", path)
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	b = append(b, '\n')
	n, err := r.metrics.Write(b)
	if err == nil {
		r.written += int64(n)
		r.sum.Write(b)
		return nil
	}
	if n > 0 {
		err = both(err, r.metrics.Truncate(r.written))
	}
	return writeError(path, err)
}
