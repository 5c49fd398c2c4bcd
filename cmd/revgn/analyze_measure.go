// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"revgn/internal/progress"
	"revgn/internal/record"
	"revgn/internal/runs"
	"revgn/model"
)

// missing lists the steps without a row, and before them, for a chained study, the step before each. The first step that is asked for is compared with none before,
// and a row that was is as good; any other must have been compared with the one before it that is asked for now.
func (a *analyst[R]) missing(run *runs.Run, file *record.AnalysisFile[R], steps []int) ([]pending, error) {
	var tasks []pending
	before, last := "", -1 // the step before
	for _, step := range steps {
		weights, err := run.Weights(step)
		if err != nil && a.gone(run, step) {
			continue
		}
		if err != nil {
			return nil, err
		}
		follows, previous := a.study.chained && last >= 0, last
		last = step
		row := file.Find(step, weights.SHA256)
		there := row != nil && (!a.options.arrays || file.HasArrays(row)) && (!follows || row.Before == before)
		before = weights.SHA256
		if there {
			continue
		}
		if follows && (len(tasks) == 0 || tasks[len(tasks)-1].step != previous) {
			tasks = append(tasks, pending{previous, true})
		}
		tasks = append(tasks, pending{step, false})
	}
	return tasks, nil
}

// gone tells whether a checkpoint that was there when all were asked for is there no more, since the run goes on and keeps its newest two.
func (a *analyst[R]) gone(run *runs.Run, step int) bool {
	have, err := run.Checkpoints()
	if err != nil || !a.selection.All || step == 0 || slices.Contains(have, step) {
		return false
	}
	a.ui.Note("step %d of %s is left out: the run goes on, and has dropped the checkpoint", step, run.Name())
	return true
}

// pending is a checkpoint to measure.
type pending struct {
	step int
	drop bool // its row is there already; it is measured for the next one's sake
}

// measureAll measures checkpoints one after the other and writes the file after each.
func (a *analyst[R]) measureAll(ctx context.Context, s *subject, file *record.AnalysisFile[R], tasks []pending) error {
	interrupted := func(done int) error { return &interruptedAnalysis{a.study.name, done, len(tasks), a.options.redo} }
	if err := a.begin(ctx, s, len(tasks)); err != nil {
		if errors.Is(err, context.Canceled) {
			return interrupted(0)
		}
		return err
	}
	for i, t := range tasks {
		if err := ctx.Err(); err != nil {
			return interrupted(i)
		}
		a.ui.Step(progress.Count(i, len(tasks), "checkpoint"))
		if err := a.measureOne(ctx, s, file, t); err != nil {
			if errors.Is(err, context.Canceled) {
				return interrupted(i)
			}
			return fmt.Errorf("step %d: %w", t.step, err)
		}
	}
	if a.study.end != nil {
		return a.study.end()
	}
	return nil
}

// begin puts the initial network where the study needs it.
func (a *analyst[R]) begin(ctx context.Context, s *subject, tasks int) (err error) {
	if s.first, err = s.run.Weights(0); err != nil {
		return err
	}
	s.weights = s.first
	if a.study.device {
		if a.vars == nil || a.vars.Config != s.run.Network {
			a.ui.Doing("drawing the network of " + s.run.Name())
			if a.vars, err = model.NewVariables(s.run.Network); err != nil {
				return err
			}
		}
		s.vars = a.vars
		if err := s.first.Put(s.vars); err != nil {
			return err
		}
	}
	if a.study.plan != nil {
		lines, err := a.study.plan(s)
		if err != nil {
			return err
		}
		for _, line := range lines {
			a.ui.Note("%s", line)
		}
	}
	a.ui.Start(tasks, "checkpoint", a.study.name+" of "+s.run.Name())
	if a.study.start == nil {
		return nil
	}
	if err := a.study.start(ctx, s); err != nil {
		return err
	}
	return s.unchanged()
}

// measureOne measures one checkpoint. The weights are those of the checkpoint before and after, bit for bit.
func (a *analyst[R]) measureOne(ctx context.Context, s *subject, file *record.AnalysisFile[R], t pending) (err error) {
	began := time.Now()
	weights, err := s.run.Weights(t.step)
	if err != nil && a.gone(s.run, t.step) {
		return nil
	}
	if err != nil {
		return err
	}
	s.weights = weights
	if s.vars != nil {
		if err := s.weights.Put(s.vars); err != nil {
			return err
		}
	}
	got, err := a.study.measure(ctx, s)
	if err != nil {
		return err
	}
	before := s.before
	s.before = s.weights.SHA256
	if err := s.unchanged(); err != nil || t.drop {
		return err
	}
	row := record.Measured[R]{Step: t.step, Epoch: s.weights.Epoch, Weights: s.weights.SHA256, Values: got.row, Warnings: got.warnings}
	if a.study.chained {
		row.Before = before
	}
	if a.options.arrays && got.arrays != nil {
		if row.Arrays, err = file.WriteArrays(t.step, got.arrays); err != nil {
			return err
		}
	}
	row.Seconds = record.Number(time.Since(began).Seconds())
	return a.add(file, row)
}

// unchanged compares what the variables hold with what was put there.
func (s *subject) unchanged() error {
	if s.vars == nil {
		return nil
	}
	now, err := runs.Hash(s.vars)
	if err == nil && now != s.weights.SHA256 {
		err = fmt.Errorf("the analysis changed the weights of step %d (SHA-256 %.12s… before, %.12s… after), which is a mistake of this program", s.weights.Step, s.weights.SHA256, now)
	}
	return err
}

// interruptedAnalysis is an analysis that was stopped from outside.
type interruptedAnalysis struct {
	name       string
	done, want int
	redo       bool
}

func (e *interruptedAnalysis) Error() string {
	options := "the same options"
	if e.redo {
		options += ", but without --redo,"
	}
	return fmt.Sprintf("interrupted after %d of %d checkpoints; `revgn analyze %s` with %s goes on from there", e.done, e.want, e.name, options)
}

// ExitCode is that of what can be resumed.
func (e *interruptedAnalysis) ExitCode() int { return exitInterrupted }
