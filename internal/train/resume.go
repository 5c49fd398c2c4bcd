// SPDX-License-Identifier: Apache-2.0

package train

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"revgn/internal/config"
	"revgn/internal/number"
	"revgn/internal/progress"
	"revgn/internal/record"
)

// resume goes on with the run in dir, whose options o are. A run that is done stays as it is; one that ended in a way that would come again is an error.
func resume(ctx context.Context, o config.Options, dir string, started time.Time, ui progress.Reporter, plan func(Plan)) (Result, error) {
	before, err := readBefore(dir)
	if err != nil {
		return Result{}, err
	}
	was, err := config.Stored(dir)
	if err != nil {
		return Result{}, err
	}
	if err := before.checkLength(was, o); err != nil {
		return Result{}, err
	}
	switch s := before.summary; {
	case s.Status == record.Done && before.total(o) <= s.Steps:
		ui.Note("the run in %s is done; nothing is left to do (--epochs or --steps can make it longer)", record.Short(dir))
		return Result{Dir: dir, Summary: s}, nil
	case s.Final:
		return Result{}, &EndedError{Dir: record.Short(dir), Message: s.Message, Code: max(1, s.ExitCode)}
	}
	run, from, err := record.Continue(dir)
	if err != nil {
		return Result{}, err
	}
	defer run.Close()
	longer := lengthening{was: was, now: was.WithLength(o)}
	kept, err := stateOf(from.Checkpoint, dir)
	if err != nil {
		return Result{}, err
	}
	if o, err = kept.options(o); err != nil {
		return Result{}, err
	}
	s, err := ready(ctx, o, ui)
	if err != nil {
		return Result{}, err
	}
	defer s.backend.Finalize()
	if err := before.checkData(dir, s); err != nil {
		return Result{}, err
	}
	if err := longer.reopen(run, from, s.source.Train.Len()); err != nil {
		return Result{}, err
	}
	r, err := goOn(s, run, from, kept, started)
	if err != nil {
		return Result{}, err
	}
	if err := longer.write(run); err != nil {
		return Result{}, err
	}
	r.manifest = r.describe()
	differences := before.join(&r.manifest, r.from)
	longer.note(&r.manifest, r.total)
	if err := r.tellResumed(from, longer, differences); err != nil {
		return Result{}, err
	}
	plan(s.plan(dir))
	return r.record(ctx)
}

// stateOf reads the state of a checkpoint, the zero state of none.
func stateOf(c *record.Checkpoint, dir string) (kept state, err error) {
	if c == nil {
		return kept, nil
	}
	if err := json.Unmarshal(c.State, &kept); err != nil {
		return kept, fmt.Errorf("%s, step %d: the checkpoint's state is damaged: %w", dir, c.Step, err)
	}
	return kept, nil
}

// goOn makes the directory what it was at the checkpoint, and the runner that goes on from there.
func goOn(s *session, run *record.Run, from *record.Continued, kept state, started time.Time) (*runner, error) {
	var stored *Stored
	if c := from.Checkpoint; c != nil {
		read, err := ReadStored(c, s.vars.Config)
		if err != nil {
			return nil, fmt.Errorf("%s, %w", run.Dir(), err)
		}
		stored = &read
	}
	if err := run.Rewind(from); err != nil {
		return nil, err
	}
	r := newRunner(s, run, started)
	r.again = true
	var err error
	if r.known, err = warningsOf(run.Dir()); err != nil {
		return nil, err
	}
	if c := from.Checkpoint; c != nil {
		r.stored, r.from, r.step, r.saved = stored, c.Step, c.Step, c.Step
		r.unrecorded = true // until the weights are those of the checkpoint
		r.unfinished, r.probed = kept.Unfinished, float64(kept.ProbeBefore)
		r.earlier = time.Duration(kept.Seconds * float64(time.Second))
		r.switched = kept.Optimizer == s.opts.Switch.To && s.opts.Switch.Epoch > 0
	}
	return r, nil
}

// options are those of the run at the checkpoint: a switch of the optimizer may lie behind it, and what was chosen by the memory that was free stays.
func (k state) options(o config.Options) (config.Options, error) {
	if k.Optimizer != "" && k.Optimizer != o.Optimizer {
		after, err := o.After(o.Switch)
		if err != nil {
			return o, err
		}
		if after.Optimizer != k.Optimizer {
			return o, fmt.Errorf("the checkpoint is of optimizer %s, and config.yaml names %s", k.Optimizer, o.Optimizer)
		}
		o = after
	}
	if o.Activations == config.ActivationsAuto && k.Activations != "" {
		o.Activations = k.Activations
	}
	return o, nil
}

// tellResumed says, to people and in metrics.jsonl, from where the run goes on and what is not as it was.
func (r *runner) tellResumed(from *record.Continued, longer lengthening, differences []string) error {
	text := fmt.Sprintf("resumed after step %d", r.from)
	if r.from == 0 {
		text = "begun again, for no step was saved"
	}
	if lost := from.Reached - r.from; lost > 0 {
		text += fmt.Sprintf("; %s to be made again", number.Plural(lost, "later step"))
	}
	if before := longer.was.TotalSteps(r.source.Train.Len()); before != r.total {
		text += fmt.Sprintf("; the run is made longer, from %s to %d", number.Plural(before, "step"), r.total)
	}
	for _, err := range from.Unusable {
		r.ui.Note("warning: a checkpoint cannot be used, and lies aside: %v", err)
		text += fmt.Sprintf("; passed over the checkpoint of %v", err)
	}
	for _, d := range differences {
		r.ui.Note("warning: %s", d)
		text += "; " + d
	}
	r.ui.Note("resume     %s", text)
	return r.run.AppendEvent(record.EventRecord{Step: r.from, Epoch: r.epoch(), Event: "resume", Message: text})
}

// before is what a run directory says of the run so far.
type before struct {
	summary  record.Summary
	manifest *record.Manifest // nil where a kill came before it was written
}

// warningsOf are the warnings that metrics.jsonl holds.
func warningsOf(dir string) ([]string, error) {
	reader, err := record.Open(dir)
	if err != nil {
		return nil, err
	}
	m, err := reader.Metrics()
	if err != nil {
		return nil, err
	}
	var told []string
	for _, e := range m.Events {
		if e.Event == "warning" {
			told = append(told, e.Message)
		}
	}
	return told, nil
}

func readBefore(dir string) (before, error) {
	var b before
	reader, err := record.Open(dir)
	if err != nil {
		return b, err
	}
	if b.summary, err = reader.Summary(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return b, err
	}
	m, err := reader.Manifest()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return b, err
	}
	if err == nil {
		b.manifest = &m
	}
	return b, nil
}

// checkData refuses other data than the run began with.
func (b before) checkData(dir string, s *session) error {
	if b.manifest == nil || b.manifest.DataHash == s.source.Hash {
		return nil
	}
	return fmt.Errorf("the run in %s was trained on %s with SHA-256 %.12s…, and %s has %.12s… (give --data-dir the folder that the run used)",
		record.Short(dir), b.manifest.Data, b.manifest.DataHash, s.source.Place, s.source.Hash)
}

// join makes now the manifest of the whole run, which began as b says and goes on as now does, and returns what is not as it was and may decide a digit.
func (b before) join(now *record.Manifest, step int) []string {
	if b.manifest == nil {
		return nil
	}
	first := *b.manifest
	last := first.Newest()
	again := record.Resumption{
		Step: step, Time: now.Started, Version: now.Version, GitRevision: now.GitRevision, Command: now.Command,
		Backend: now.Backend, PluginSHA256: now.PluginSHA256, Device: now.Device, Host: now.Host,
	}
	var differences []string
	differ := func(what, was, is string) {
		if was != is {
			differences = append(differences, fmt.Sprintf("%s was %s and is %s: digits may differ from here", what, was, is))
		}
	}
	differ("the backend", last.Backend, again.Backend)
	differ("the plugin's SHA-256", fmt.Sprintf("%.12s", last.PluginSHA256), fmt.Sprintf("%.12s", again.PluginSHA256))
	differ("the device", last.Device, again.Device)
	differ("the number of processors", fmt.Sprint(last.Host.CPUs), fmt.Sprint(again.Host.CPUs))
	differ("the program", last.Version+" "+last.GitRevision, again.Version+" "+again.GitRevision)
	first.Resumed = append(slices.Clip(first.Resumed), again)
	*now = first
	return differences
}
