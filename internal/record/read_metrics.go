// SPDX-License-Identifier: Apache-2.0

package record

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"revgn/internal/safefile"
)

// Metrics is what a metrics.jsonl holds, each kind in the order of its lines.
type Metrics struct {
	Steps  []StepRecord
	Evals  []EvalRecord
	Events []EventRecord
	Probes []ProbeRecord
	// CutShort says that the last line had no end, as a kill leaves it; it is left out.
	CutShort bool
}

// maxLine bounds a line: a step of a thousand couplings takes about 150 kB.
const maxLine = 1 << 20

// ReadMetrics reads metrics lines; name is the file's, for errors, which give the
// line too. Lines of a kind that this version does not know are skipped; a line
// that is no JSON object, has no kind, or goes back in steps is an error, beside
// which what the lines before it hold is returned.
func ReadMetrics(r io.Reader, name string) (m *Metrics, err error) {
	m = &Metrics{}
	m.CutShort, err = eachLine(r, name, m.addLine)
	return m, err
}

// eachLine calls fn for each whole line; an error of it gets the line's number.
func eachLine(r io.Reader, name string, fn func(line []byte) error) (cutShort bool, err error) {
	in := bufio.NewReaderSize(r, maxLine)
	for n := 1; ; n++ {
		line, err := in.ReadSlice('\n')
		switch {
		case errors.Is(err, io.EOF):
			return len(line) > 0, nil
		case errors.Is(err, bufio.ErrBufferFull):
			return false, fmt.Errorf("%s:%d: the line is longer than %d bytes", name, n, maxLine)
		case err != nil:
			return false, fmt.Errorf("%s:%d: %w", name, n, safefile.Cause(err))
		}
		if err := fn(line); err != nil {
			return false, fmt.Errorf("%s:%d: %w", name, n, err)
		}
	}
}

func (m *Metrics) addLine(line []byte) error {
	l, err := decodeRecord(line)
	if err != nil {
		return err
	}
	switch {
	case l.Step != nil:
		if k := len(m.Steps); k > 0 && l.Step.Step <= m.Steps[k-1].Step {
			return fmt.Errorf("step %d after step %d, want steps to grow", l.Step.Step, m.Steps[k-1].Step)
		}
		m.Steps = append(m.Steps, *l.Step)
	case l.Eval != nil:
		m.Evals = append(m.Evals, *l.Eval)
	case l.Probe != nil:
		m.Probes = append(m.Probes, *l.Probe)
	case l.Event != nil:
		m.Events = append(m.Events, *l.Event)
	}
	return nil
}

// decodeRecord reads a line; of a kind that this version does not know nothing is set.
func decodeRecord(line []byte) (l Line, err error) {
	var head struct {
		Kind string `json:"kind"`
		Step int    `json:"step"`
	}
	if err := json.Unmarshal(line, &head); err != nil {
		return l, fmt.Errorf("damaged line: %w", err)
	}
	if head.Step < 0 {
		return l, fmt.Errorf("step %d, want 0 or more", head.Step)
	}
	switch head.Kind {
	case "":
		return l, errors.New(`a line without "kind", want step, eval, probe or event`)
	case kindStep:
		l.Step, err = decodeLine[StepRecord](line)
	case kindEval:
		l.Eval, err = decodeLine[EvalRecord](line)
	case kindProbe:
		l.Probe, err = decodeLine[ProbeRecord](line)
	case kindEvent:
		l.Event, err = decodeLine[EventRecord](line)
	}
	return l, err
}

func decodeLine[T any](line []byte) (*T, error) {
	rec := new(T)
	if err := json.Unmarshal(line, rec); err != nil {
		return nil, fmt.Errorf("damaged line: %w", err)
	}
	return rec, nil
}
