// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"revgn/analysis"
	"revgn/internal/backend"
	"revgn/internal/config"
	"revgn/internal/progress"
	"revgn/internal/record"
	"revgn/internal/runs"
	"revgn/internal/train"
	"revgn/model"
)

// runStudy analyses runs one after the other and prints a table of each. What was measured before an error or an interrupt stays in the files.
func runStudy[R any](ctx context.Context, o analyzeOptions, dirs []string, s study[R], stdout, stderr io.Writer) error {
	selection, err := o.check()
	if err != nil {
		return usageError(fmt.Errorf("analyze %s: %w", s.name, err))
	}
	asJSON := o.machine.LogFormat == config.LogJSON
	a := &analyst[R]{study: s, options: o, selection: selection, ui: progress.New(stderr, asJSON)}
	defer a.close()
	for _, dir := range dirs {
		content, path, err := a.analyze(ctx, dir)
		if err != nil {
			a.ui.Stop()
			return err
		}
		if asJSON {
			if err := json.NewEncoder(stdout).Encode(content); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(stdout, "%s of %s\n", s.name, relative(dir))
		if err := s.table(stdout, content); err != nil {
			return err
		}
		for _, warning := range content.Warnings {
			fmt.Fprintf(stdout, "warning: %s\n", warning)
		}
		fmt.Fprintf(stdout, "written %s\n\n", relative(path))
	}
	a.ui.Stop()
	return nil
}

// analyst applies a study to runs on one device.
type analyst[R any] struct {
	study     study[R]
	options   analyzeOptions
	selection runs.Selection
	ui        progress.Reporter
	backend   *backend.Backend // opened when the first run needs it
	vars      *model.Variables // of the last run, for the next where that has the same network
}

func (a *analyst[R]) close() {
	if a.backend != nil {
		a.backend.Finalize()
	}
}

// analyze measures the checkpoints of a run that are asked for and not yet there, and returns what its file holds.
func (a *analyst[R]) analyze(ctx context.Context, dir string) (content record.Analysis[R], path string, err error) {
	s, steps, err := a.open(ctx, dir)
	if err != nil {
		return content, "", err
	}
	file, err := a.file(s)
	if err != nil {
		return content, "", err
	}
	missing, err := a.missing(s.run, file, steps)
	if err != nil {
		return content, "", err
	}
	if len(missing) > 0 {
		caught := backend.Catch(func() { err = a.measureAll(ctx, s, file, missing) })
		if err = firstError(caught, err); err != nil {
			return content, "", fmt.Errorf("%s: %w", relative(dir), err)
		}
	} else {
		a.ui.Note("%s of %s is there already (--redo measures it again)", a.study.name, relative(dir))
	}
	return file.Content(), file.Path(), nil
}

// open reads a run and, for a study that needs it, its data and its network on the device.
func (a *analyst[R]) open(ctx context.Context, dir string) (*subject, []int, error) {
	run, err := runs.Open(dir)
	if err != nil {
		return nil, nil, err
	}
	steps, err := run.Select(a.selection)
	if err != nil {
		return nil, nil, err
	}
	s := &subject{run: run, ui: a.ui}
	if !a.study.device {
		return s, steps, nil
	}
	if s.source, err = run.Data(ctx, a.options.machine.DataDir, a.ui); err != nil {
		return nil, nil, err
	}
	if s.probe, err = runs.Probe(s.source, a.options.part, a.options.probes); err != nil {
		return nil, nil, usageError(err)
	}
	if a.backend == nil {
		m := a.options.machine
		a.backend, err = backend.Open(ctx, backend.Options{Name: m.Backend, Offline: m.Offline, Devices: 1, Logf: a.ui.Note})
		if err != nil {
			return nil, nil, err
		}
	}
	s.backend = a.backend
	s.limit = train.MemoryLimit(a.options.machine, a.backend.OnHost())
	return s, steps, nil
}

// file begins the run's file of the analysis, with the rows that it may keep.
func (a *analyst[R]) file(s *subject) (*record.AnalysisFile[R], error) {
	self := record.NewManifest(time.Now())
	head := record.Analysis[R]{
		Analysis: a.study.name, Program: self.Program, Version: self.Version, GitRevision: self.GitRevision,
		DType: string(s.run.Options.DType), Setting: a.study.setting, Definitions: a.study.definitions, Warnings: []string{},
	}
	if a.study.device {
		head.Backend = s.backend.Kind
		head.Probe = probeSet(s.probe)
	}
	return record.OpenAnalysis(s.run.Dir(), head, a.options.redo)
}

func probeSet(p analysis.Probe) *record.ProbeSet {
	return &record.ProbeSet{Data: p.Data, Part: p.Part, Samples: p.Len(), Features: p.D, Classes: p.Classes, SHA256: p.SHA256}
}

// missing lists the steps without a row, and before them, for a chained study, the step before each. The first step that is asked for is compared with none before,
// and a row that was is as good; any other must have been compared with the one before it that is asked for now.
func (a *analyst[R]) missing(run *runs.Run, file *record.AnalysisFile[R], steps []int) ([]pending, error) {
	var tasks []pending
	before := ""
	for i, step := range steps {
		weights, err := run.Weights(step)
		if err != nil {
			return nil, err
		}
		follows := a.study.chained && i > 0
		row := file.Find(step, weights.SHA256)
		there := row != nil && (!a.options.arrays || file.HasArrays(row)) && (!follows || row.Before == before)
		before = weights.SHA256
		if there {
			continue
		}
		if follows && (len(tasks) == 0 || tasks[len(tasks)-1].step != steps[i-1]) {
			tasks = append(tasks, pending{steps[i-1], true})
		}
		tasks = append(tasks, pending{step, false})
	}
	return tasks, nil
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
		a.ui.Step(progress.Count(i, len(tasks)))
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
	a.ui.Start(tasks, a.study.name+" of "+s.run.Name())
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
	if s.weights, err = s.run.Weights(t.step); err != nil {
		return err
	}
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
	return file.Add(row)
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
