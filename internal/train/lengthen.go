// SPDX-License-Identifier: Apache-2.0

package train

import (
	"fmt"

	"revgn/internal/config"
	"revgn/internal/record"
)

// lengthening is a run that goes on and is to be longer than it was begun; or just as long.
type lengthening struct {
	was, now config.Options // as config.yaml has them, and has them from now on
}

// total is how many steps options ask of the run, 0 where it never came to telling how many samples it has.
func (b before) total(o config.Options) int {
	if b.manifest == nil {
		return 0
	}
	return o.TotalSteps(b.manifest.TrainSamples)
}

// checkLength refuses to make a run shorter. What is made longer is the same run: nothing in it depends on where it ends.
func (b before) checkLength(was, now config.Options) error {
	if from, to := b.total(was), b.total(now); to < from {
		return &OptionError{fmt.Errorf("resume: %d steps are asked for, and the run has %d; it can be made longer, not shorter (leave out --epochs and --steps, or begin another run with another --out)",
			to, from)}
	}
	return nil
}

// reopen takes the evaluations back that were made because the run ended there, where the longer one would make none.
func (l lengthening) reopen(run *record.Run, from *record.Continued, samples int) error {
	c := from.Checkpoint
	if c == nil || c.Step != l.was.TotalSteps(samples) || c.Step == l.now.TotalSteps(samples) || l.now.EvaluatesAt(c.Step, l.now.StepsPerEpoch(samples)) {
		return nil
	}
	return run.DropEvals(from)
}

// write puts the new length into config.yaml.
func (l lengthening) write(run *record.Run) error {
	if l.was.SameLength(l.now) {
		return nil
	}
	yaml, err := l.now.Resolved()
	if err != nil {
		return err
	}
	return run.WriteConfig(yaml)
}

// note tells the manifest, which has this resumption, of the new length.
func (l lengthening) note(m *record.Manifest, total int) {
	if n := len(m.Resumed); n > 0 && !l.was.SameLength(l.now) {
		m.Resumed[n-1].Total = total
	}
}
