// SPDX-License-Identifier: Apache-2.0

package record

import (
	"cmp"
	"path/filepath"

	"revgn/internal/safefile"
)

// Line is a line of metrics.jsonl: one of its fields is not nil.
type Line struct {
	Step  *StepRecord
	Eval  *EvalRecord
	Probe *ProbeRecord
	Event *EventRecord
}

// Mirror is another form of metrics.jsonl, for other programs. It can be written anew from metrics.jsonl at any time (EachLine), so it holds nothing of its own.
type Mirror interface {
	// Append is told of each line after it was written.
	Append(Line) error
}

// SetMirror tells m of every line from now on; the lines before are the caller's to bring. nil is none.
func (r *Run) SetMirror(m Mirror) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.mirror = m
}

// reflect tells the mirror of a line that stands in metrics.jsonl.
func (r *Run) reflect(l Line) error {
	if r.mirror == nil {
		return nil
	}
	return MirrorError(r.mirror.Append(l))
}

// lineOf is the line of a record.
func lineOf(rec any) Line {
	switch rec := rec.(type) {
	case StepRecord:
		return Line{Step: &rec}
	case EvalRecord:
		return Line{Eval: &rec}
	case ProbeRecord:
		return Line{Probe: &rec}
	case EventRecord:
		return Line{Event: &rec}
	}
	return Line{}
}

// EachLine calls fn for the lines of a run's metrics.jsonl in their order. Lines of a kind that this version does not know are left out, and so is a last one
// that was cut short.
func EachLine(dir string, fn func(Line) error) error {
	path := filepath.Join(dir, metricsFile)
	f, err := openFile(path)
	if err != nil {
		return err
	}
	defer f.Close()
	var stopped error // fn's own error, which has nothing to do with the line
	_, err = eachLine(f, path, func(b []byte) error {
		l, err := decodeRecord(b)
		if err != nil || l == (Line{}) {
			return err
		}
		stopped = fn(l)
		return stopped
	})
	return cmp.Or(stopped, err)
}

// MirrorError says in one line which file of a mirror could not be written, of an error that names it.
func MirrorError(err error) error {
	if path := safefile.Path(err); path != "" {
		return writeError(path, err)
	}
	return err
}
