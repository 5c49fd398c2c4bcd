// SPDX-License-Identifier: Apache-2.0

package record

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
// that is no JSON object, has no kind, or goes back in steps is an error.
func ReadMetrics(r io.Reader, name string) (*Metrics, error) {
	in := bufio.NewReaderSize(r, maxLine)
	m := &Metrics{}
	for n := 1; ; n++ {
		line, err := in.ReadSlice('\n')
		switch {
		case errors.Is(err, io.EOF):
			m.CutShort = len(line) > 0
			return m, nil
		case errors.Is(err, bufio.ErrBufferFull):
			return nil, fmt.Errorf("%s:%d: the line is longer than %d bytes", name, n, maxLine)
		case err != nil:
			return nil, fmt.Errorf("%s:%d: %w", name, n, cause(err))
		}
		if err := m.addLine(line); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n, err)
		}
	}
}

func (m *Metrics) addLine(line []byte) error {
	var head struct {
		Kind string `json:"kind"`
		Step int    `json:"step"`
	}
	if err := json.Unmarshal(line, &head); err != nil {
		return fmt.Errorf("damaged line: %w", err)
	}
	if head.Step < 0 {
		return fmt.Errorf("step %d, want 0 or more", head.Step)
	}
	switch head.Kind {
	case "":
		return errors.New(`a line without "kind", want step, eval, probe or event`)
	case kindStep:
		s, err := decodeLine[StepRecord](line)
		if err != nil {
			return err
		}
		if k := len(m.Steps); k > 0 && s.Step <= m.Steps[k-1].Step {
			return fmt.Errorf("step %d after step %d, want steps to grow", s.Step, m.Steps[k-1].Step)
		}
		m.Steps = append(m.Steps, s)
	case kindEval:
		e, err := decodeLine[EvalRecord](line)
		if err != nil {
			return err
		}
		m.Evals = append(m.Evals, e)
	case kindProbe:
		p, err := decodeLine[ProbeRecord](line)
		if err != nil {
			return err
		}
		m.Probes = append(m.Probes, p)
	case kindEvent:
		e, err := decodeLine[EventRecord](line)
		if err != nil {
			return err
		}
		m.Events = append(m.Events, e)
	}
	return nil
}

func decodeLine[T any](line []byte) (rec T, err error) {
	if err = json.Unmarshal(line, &rec); err != nil {
		err = fmt.Errorf("damaged line: %w", err)
	}
	return rec, err
}
