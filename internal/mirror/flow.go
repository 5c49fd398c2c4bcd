// SPDX-License-Identifier: Apache-2.0

package mirror

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"syscall"
	"time"

	"revgn/internal/mlruns"
	"revgn/internal/record"
	"revgn/internal/safefile"
)

// experiment is the MLflow experiment that runs belong to.
const experiment = "revgn"

// flow is the run in an MLflow file store.
type flow struct {
	run      Run
	settings map[string]any
	root     string
	out      *mlruns.Run
}

// flowID is the id of the run there: the same after it was resumed, another for any other run, and for a copy of this one.
func flowID(r Run) string {
	sum := sha256.Sum256([]byte("revgn run " + r.Manifest.Started.UTC().Format(time.RFC3339Nano) + " " + r.Dir))
	return fmt.Sprintf("%x", sum[:16])
}

func (f *flow) rebuild(lines func(func(time.Time, point) error) error) error {
	manifest, err := json.MarshalIndent(f.run.Manifest, "", "  ")
	if err != nil {
		return err
	}
	info := mlruns.Info{
		Experiment: experiment, ID: flowID(f.run), Name: f.run.Name, Start: f.run.Manifest.Started, Params: map[string]string{}, Tags: f.tags(),
		Artifacts: map[string][]byte{"config.yaml": f.run.Config, "manifest.json": append(manifest, '\n')},
	}
	for name, value := range f.settings {
		info.Params[name] = paramText(value)
	}
	f.out, err = mlruns.Begin(f.root, info, func(add func(...mlruns.Metric) error) error {
		return lines(func(at time.Time, p point) error { return add(metrics(at, p)...) })
	})
	return flowError(err)
}

// paramText writes a setting; whole numbers have no exponent.
func paramText(value any) string {
	if v, ok := value.(float64); ok && v == math.Trunc(v) && math.Abs(v) <= 1<<53 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return fmt.Sprint(value)
}

// tags say where the run came from, by MLflow's own names where it has some.
func (f *flow) tags() map[string]string {
	m := f.run.Manifest
	tags := map[string]string{
		"mlflow.source.name": m.Program, "mlflow.source.type": "LOCAL", "revgn.run": f.run.Dir, "revgn.version": m.Version, "revgn.backend": m.Backend,
		"revgn.device": m.Device, "revgn.data_hash": m.DataHash,
	}
	if m.GitRevision != "" {
		tags["mlflow.source.git.commit"] = m.GitRevision
	}
	return tags
}

func (f *flow) append(at time.Time, p point) error { return flowError(f.out.Append(metrics(at, p)...)) }

func (f *flow) end(at time.Time, status record.Status) error {
	stands := map[record.Status]mlruns.Status{
		record.Running: mlruns.Running, record.Done: mlruns.Finished, record.Failed: mlruns.Failed, record.Interrupted: mlruns.Killed,
	}
	return flowError(f.out.End(stands[status], at))
}

func (f *flow) close() error { return nil }

func metrics(at time.Time, p point) []mlruns.Metric {
	list := make([]mlruns.Metric, len(p.scalars))
	for i, s := range p.scalars {
		list[i] = mlruns.Metric{Name: s.name, Value: s.value, At: at, Step: p.step}
	}
	return list
}

// flowError says in one line what of the store could not be written.
func flowError(err error) error {
	path, why := safefile.Path(err), safefile.Cause(err)
	if path == "" {
		return err
	}
	hint := "choose a directory that can be written with --mlflow"
	if errors.Is(why, syscall.ENOSPC) || errors.Is(why, syscall.EDQUOT) {
		hint = "free some space or choose another --mlflow; metrics.jsonl is intact"
	}
	return fmt.Errorf("cannot write %s: %w (%s)", path, why, hint)
}
