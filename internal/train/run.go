// SPDX-License-Identifier: Apache-2.0

package train

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"revgn/gnstep"
	"revgn/internal/backend"
	"revgn/internal/config"
	"revgn/internal/progress"
	"revgn/internal/record"
)

// Result is a run that has ended, well or not.
type Result struct {
	Dir     string
	Summary record.Summary
	// Shortfall says where the least exact step fell short, and what helps; empty where nothing is to be said.
	Shortfall string
}

// runsFolder is where runs go that were not told where.
const runsFolder = "runs"

// Run trains one network. What stops it before its run directory is made leaves nothing behind; after that the
// directory is complete on every way out, and the error says how the run ended. plan is called with what is
// about to happen, before the first step. Where the options say resume and the directory holds a run, it goes on:
// what o holds then are that run's options.
func Run(ctx context.Context, o config.Options, ui progress.Reporter, plan func(Plan)) (Result, error) {
	started := time.Now()
	ctx, cancel := limited(ctx, o.TimeLimit, started)
	defer cancel()
	dir := o.Out
	if dir == "" {
		dir = record.DefaultDir(runsFolder, o.RunName(), started)
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Result{}, err
	}
	if o.Resume && record.Holds(dir) {
		return resume(ctx, o, dir, started, ui, plan)
	}
	// Create says the same, but only after what may take long.
	if err := record.CheckEmpty(dir); err != nil {
		return Result{}, err
	}
	if o.Resume {
		ui.Note("resume     there is no run in %s, so a new one begins", record.Short(dir))
	}
	s, err := ready(ctx, o, ui)
	if err != nil {
		return Result{}, err
	}
	defer s.backend.Finalize()
	run, err := record.Create(dir)
	if err != nil {
		return Result{}, err
	}
	defer run.Close()
	r := newRunner(s, run, started)
	r.manifest = r.describe()
	plan(s.plan(dir))
	return r.record(ctx)
}

// ready is prepare, and says of an interruption that nothing had begun.
func ready(ctx context.Context, o config.Options, ui progress.Reporter) (*session, error) {
	s, err := prepare(ctx, o, ui)
	if interrupted(err) {
		return nil, &InterruptedError{}
	}
	return s, err
}

func newRunner(s *session, run *record.Run, started time.Time) *runner {
	n := s.source.Train.Len()
	return &runner{
		session: s, run: run, started: started, saved: -1, savedAt: started, perEpoch: s.opts.StepsPerEpoch(n), total: s.opts.TotalSteps(n),
		settled: run.Mark(),
	}
}

// record writes what is known before and after the loop, and turns the loop's end into the run's.
func (r *runner) record(ctx context.Context) (Result, error) {
	if err := r.open(); err != nil {
		return Result{}, err
	}
	loopErr := r.beginMirrors()
	if loopErr == nil {
		if caught := backend.Catch(func() { loopErr = r.loop(ctx) }); caught != nil {
			loopErr = caught
		}
	}
	r.ui.Stop()
	status, err := r.end(ctx, loopErr)
	message := ""
	if err != nil {
		message = err.Error()
	}
	summary := r.run.Summary(status, message)
	summary.Seconds = record.Number(r.elapsed().Seconds())
	if err != nil {
		summary.ExitCode, summary.Final = codeOf(err), final(loopErr)
	}
	r.manifest.Ended = time.Now().UTC()
	// The summary last: a run is done when it says so.
	err = cmp.Or(err, r.endMirrors(status), r.run.WriteManifest(r.manifest), r.run.WriteSummary(summary))
	return Result{Dir: r.run.Dir(), Summary: summary, Shortfall: r.shortfall()}, err
}

// elapsed is the wall clock that the run took so far, without the steps that were lost to an interruption.
func (r *runner) elapsed() time.Duration { return r.earlier + time.Since(r.started) }

// open writes config, manifest and a first summary.
func (r *runner) open() error {
	summary := r.run.Summary(record.Running, "")
	summary.Seconds = record.Number(r.elapsed().Seconds())
	if !r.again {
		yaml, err := r.opts.Resolved()
		if err != nil {
			return err
		}
		if err := r.run.WriteConfig(yaml); err != nil {
			return err
		}
	}
	return cmp.Or(r.run.WriteManifest(r.manifest), r.run.WriteSummary(summary))
}

// describe says what runs where.
func (r *runner) describe() record.Manifest {
	m := record.NewManifest(r.started)
	m.Backend, m.PluginPath, m.PluginSHA256 = r.backend.Kind, r.backend.PluginPath, r.backend.PluginSHA256
	m.Device, m.Devices, m.DType = r.backend.Description, r.devices.Count(), string(r.opts.DType)
	m.Data, m.DataHash, m.DataNotes = r.source.Name, r.source.Hash, slices.Concat(r.source.Warnings, r.source.Notes)
	if step, ok := r.stepper.(*gnstep.Step); ok {
		m.Solver = step.Chosen(r.batch)
	}
	m.Features, m.Classes = r.source.Train.D, r.source.Train.Classes
	m.TrainSamples, m.TestSamples = r.source.Train.Len(), r.source.Test.Len()
	if r.probes != nil {
		m.Probe = r.probes.manifest()
	}
	return m
}

// end saves the weights of the last step that was made, the initial ones where none was, and says how the run stands and with which error it ends.
func (r *runner) end(ctx context.Context, loopErr error) (record.Status, error) {
	saveErr := r.save(true)
	switch stopped := interrupted(loopErr); {
	case loopErr == nil && saveErr == nil:
		return record.Done, nil
	case stopped && saveErr == nil:
		err := &InterruptedError{r.step, r.total, reason(ctx, loopErr), record.Short(r.run.Dir())}
		event := record.EventRecord{Step: r.step, Epoch: r.epoch(), Event: "interrupted", Message: fmt.Sprintf("after step %d of %d (%v)", r.step, r.total, err.Why)}
		if failed := r.run.AppendEvent(event); failed != nil {
			return record.Failed, failed
		}
		return record.Interrupted, err
	case stopped || loopErr == nil:
		return record.Failed, saveErr
	case saveErr != nil && saveErr.Error() != loopErr.Error():
		return record.Failed, fmt.Errorf("%w; also: %w", loopErr, saveErr)
	}
	return record.Failed, loopErr
}
