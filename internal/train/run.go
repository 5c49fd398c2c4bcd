// SPDX-License-Identifier: Apache-2.0

package train

import (
	"context"
	"errors"
	"path/filepath"
	"time"

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

// Run trains one network. It writes a run directory whatever happens after that was made; the error says how the run ended. plan is called with what is
// about to happen, before the first step.
func Run(ctx context.Context, o config.Options, ui progress.Reporter, plan func(Plan)) (Result, error) {
	started := time.Now()
	s, err := prepare(ctx, o, ui)
	if err != nil {
		return Result{}, err
	}
	defer s.backend.Finalize()
	dir := o.Out
	if dir == "" {
		dir = record.DefaultDir(runsFolder, o.RunName(), started)
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return Result{}, err
	}
	run, err := record.Create(dir)
	if err != nil {
		return Result{}, err
	}
	defer run.Close()
	plan(s.plan(dir))
	r := &runner{session: s, run: run, started: started, saved: -1}
	return r.record(ctx)
}

// record writes what is known before and after the loop, and turns the loop's end into the run's.
func (r *runner) record(ctx context.Context) (Result, error) {
	manifest, err := r.open()
	if err != nil {
		return Result{}, err
	}
	var loopErr error
	if caught := backend.Catch(func() { loopErr = r.loop(ctx) }); caught != nil {
		loopErr = caught
	}
	r.ui.Stop()
	status, message := record.Done, ""
	switch {
	case loopErr == nil:
	case interrupted(loopErr):
		status, loopErr = record.Interrupted, &InterruptedError{r.step, r.total}
		message = loopErr.Error()
	default:
		status, message = record.Failed, loopErr.Error()
	}
	summary := r.run.Summary(status, message)
	summary.Seconds = record.Number(time.Since(r.started).Seconds())
	manifest.Ended = time.Now()
	err = errors.Join(loopErr, r.finish(), r.run.WriteManifest(manifest), r.run.WriteSummary(summary))
	return Result{Dir: r.run.Dir(), Summary: summary}, err
}

// open writes config, manifest and a first summary.
func (r *runner) open() (record.Manifest, error) {
	m := record.NewManifest(r.started)
	m.Backend, m.PluginPath, m.PluginSHA256 = r.backend.Kind, r.backend.PluginPath, r.backend.PluginSHA256
	m.Device, m.DType = r.backend.Description, string(r.opts.DType)
	m.Data, m.DataHash, m.DataNotes = r.source.Name, r.source.Hash, r.source.Warnings
	m.Features, m.Classes = r.source.Train.D, r.source.Train.Classes
	m.TrainSamples, m.TestSamples = r.source.Train.Len(), r.source.Test.Len()
	yaml, err := r.opts.Resolved()
	if err != nil {
		return m, err
	}
	return m, errors.Join(r.run.WriteConfig(yaml), r.run.WriteManifest(m), r.run.WriteSummary(r.run.Summary(record.Running, "")))
}

// finish saves the weights of the last step that was made, if any was.
func (r *runner) finish() error {
	if r.step == 0 {
		return nil
	}
	return r.save(true)
}
