// SPDX-License-Identifier: Apache-2.0

package reproduce

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"slices"

	"revgn/internal/config"
	"revgn/internal/record"
	"revgn/internal/sweep"
)

// Trial is a short run that tells how long a step of a kind takes.
type Trial struct {
	Dir     string
	Options config.Options
	kind    string
}

// planDir is the directory of a study in which trials lie.
const planDir = "plan"

// trialSteps is how many steps a trial makes; the first, which compiles, is not counted.
const trialSteps = 4

// Trials are those that prices lack, one for each kind of step.
func (s *Session) Trials(p Prices) ([]Trial, error) {
	var trials []Trial
	for _, task := range s.study.Tasks {
		cells, err := s.Look(task, s.study.Claims)
		if err != nil {
			return nil, err
		}
		for _, c := range cells {
			judged, err := s.foreseen(c)
			if err != nil {
				return nil, err
			}
			if _, done := p.runs[sweep.Kind(judged[0].Run)]; done {
				continue
			}
			parts, err := stretches(judged[0].Run)
			if err != nil {
				return nil, err
			}
			for _, part := range parts {
				if kind := stepKind(part.run); !slices.ContainsFunc(trials, func(t Trial) bool { return t.kind == kind }) {
					trials = append(trials, s.trial(part.run))
				}
			}
		}
	}
	return trials, nil
}

func (s *Session) trial(run sweep.Run) Trial {
	kind := stepKind(run)
	sum := sha256.Sum256([]byte(kind))
	return Trial{filepath.Join(s.study.Dir, planDir, hex.EncodeToString(sum[:5])), brief(run.Options), kind}
}

// brief makes a run one of a few steps that nothing interrupts.
func brief(o config.Options) config.Options {
	o.Epochs, o.Steps, o.ProbeEvery, o.Switch = 0, trialSteps, 0, config.Switch{}
	return o
}

// stepKind is what runs share whose steps take the same time, however many they are.
func stepKind(run sweep.Run) string {
	run.Options = brief(run.Options)
	return sweep.Kind(run)
}

// Read takes over what a trial came to.
func (p Prices) Read(t Trial) error {
	reader, err := record.Open(t.Dir)
	if err != nil {
		return err
	}
	m, err := reader.Metrics()
	if err != nil {
		return err
	}
	if len(m.Steps) < trialSteps {
		return fmt.Errorf("%s has %d steps, want %d", t.Dir, len(m.Steps), trialSteps)
	}
	var seconds []float64
	for _, step := range m.Steps[1:] {
		seconds = append(seconds, float64(step.Seconds))
	}
	slices.Sort(seconds)
	p.steps[t.kind] = seconds[len(seconds)/2]
	return nil
}
