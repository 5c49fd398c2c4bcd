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
}

// runsFolder is where runs go that were not told where.
const runsFolder = "runs"

// Run trains one network. What stops it before its run directory is made leaves nothing behind; after that the
// directory is complete on every way out, and the error says how the run ended. plan is called with what is
// about to happen, before the first step.
func Run(ctx context.Context, o config.Options, ui progress.Reporter, plan func(Plan)) (Result, error) {
	started := time.Now()
	dir := o.Out
	if dir == "" {
		dir = record.DefaultDir(runsFolder, o.RunName(), started)
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Result{}, err
	}
	// Create says the same, but only after what may take long.
	if err := record.CheckEmpty(dir); err != nil {
		return Result{}, err
	}
	s, err := prepare(ctx, o, ui)
	if interrupted(err) {
		err = &InterruptedError{}
	}
	if err != nil {
		return Result{}, err
	}
	defer s.backend.Finalize()
	run, err := record.Create(dir)
	if err != nil {
		return Result{}, err
	}
	defer run.Close()
	plan(s.plan(dir))
	n := s.source.Train.Len()
	r := &runner{session: s, run: run, started: started, saved: -1, perEpoch: o.StepsPerEpoch(n), total: o.TotalSteps(n)}
	return r.record(ctx)
}

// record writes what is known before and after the loop, and turns the loop's end into the run's.
func (r *runner) record(ctx context.Context) (Result, error) {
	manifest, err := r.open()
	if err != nil {
		return Result{}, err
	}
	loopErr := r.beginMirrors(manifest)
	if loopErr == nil {
		if caught := backend.Catch(func() { loopErr = r.loop(ctx) }); caught != nil {
			loopErr = caught
		}
	}
	r.ui.Stop()
	status, err := r.end(loopErr)
	message := ""
	if err != nil {
		message = err.Error()
	}
	summary := r.run.Summary(status, message)
	summary.Seconds = record.Number(time.Since(r.started).Seconds())
	manifest.Ended = time.Now().UTC()
	err = cmp.Or(err, r.run.WriteSummary(summary), r.run.WriteManifest(manifest), r.endMirrors(status))
	return Result{Dir: r.run.Dir(), Summary: summary}, err
}

// open writes config, manifest and a first summary.
func (r *runner) open() (record.Manifest, error) {
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
	yaml, err := r.opts.Resolved()
	if err != nil {
		return m, err
	}
	return m, cmp.Or(r.run.WriteConfig(yaml), r.run.WriteManifest(m), r.run.WriteSummary(r.run.Summary(record.Running, "")))
}

// end saves the weights of the last step that was made, the initial ones where none was, and says how the run stands and with which error it ends.
func (r *runner) end(loopErr error) (record.Status, error) {
	saveErr := r.save(true)
	switch stopped := interrupted(loopErr); {
	case loopErr == nil && saveErr == nil:
		return record.Done, nil
	case stopped && saveErr == nil:
		err := &InterruptedError{r.step, r.total}
		event := record.EventRecord{Step: r.step, Epoch: r.epoch(), Event: "interrupted", Message: err.Error()}
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
