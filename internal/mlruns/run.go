// SPDX-License-Identifier: Apache-2.0

package mlruns

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Info is what is known of a run when it begins.
type Info struct {
	Experiment string
	ID         string // 32 hexadecimal digits
	Name       string
	Start      time.Time
	Params     map[string]string
	Tags       map[string]string
	Artifacts  map[string][]byte // by file name
}

// Status is how a run stands.
type Status int

// The statuses that MLflow knows, with its numbers.
const (
	Running  Status = 1
	Finished Status = 3
	Failed   Status = 4
	Killed   Status = 5
)

// Folders of a run.
const (
	metricsFolder   = "metrics"
	paramsFolder    = "params"
	tagsFolder      = "tags"
	artifactsFolder = "artifacts"

	newMetrics, oldMetrics = ".metrics-new", ".metrics-old"

	sourceLocal = 4 // MLflow's number for a run that no project made
)

// Run is a run that this process writes.
type Run struct {
	dir        string
	experiment string
	info       Info
}

// Begin writes a run into the store at root, which is created where it is not there, and sets it running. history hands the metrics so far to its argument.
func Begin(root string, info Info, history func(add func(...Metric) error) error) (*Run, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	id, err := ensureExperiment(root, info.Experiment, info.Start)
	if err != nil {
		return nil, err
	}
	r := &Run{dir: filepath.Join(root, id, info.ID), experiment: id, info: info}
	for _, folder := range []string{metricsFolder, paramsFolder, tagsFolder, artifactsFolder} {
		if err := os.MkdirAll(filepath.Join(r.dir, folder), 0o755); err != nil {
			return nil, err
		}
	}
	tags := maps.Clone(info.Tags)
	if tags == nil {
		tags = map[string]string{}
	}
	tags["mlflow.runName"] = info.Name
	// meta.yaml comes last: without it MLflow takes no notice of the folder.
	return r, cmp.Or(r.writeTexts(paramsFolder, info.Params), r.writeTexts(tagsFolder, tags), r.writeArtifacts(), r.rebuild(history), r.setStatus(Running, time.Time{}))
}

// End says how the run stands.
func (r *Run) End(status Status, at time.Time) error { return r.setStatus(status, at) }

// setStatus writes meta.yaml; an end of zero is none.
func (r *Run) setStatus(status Status, end time.Time) error {
	var ended any
	if !end.IsZero() {
		ended = end.UnixMilli()
	}
	return writeMeta(r.dir, []entry{
		{"artifact_uri", fileURI(filepath.Join(r.dir, artifactsFolder))}, {"end_time", ended}, {"entry_point_name", ""}, {"experiment_id", r.experiment},
		{"lifecycle_stage", active}, {"run_id", r.info.ID}, {"run_name", r.info.Name}, {"run_uuid", r.info.ID}, {"source_name", ""},
		{"source_type", sourceLocal}, {"source_version", ""}, {"start_time", r.info.Start.UnixMilli()}, {"status", int(status)}, {"tags", []string{}},
		{"user_id", ""},
	})
}

// writeTexts writes params or tags, those alone that are not there as they should be.
func (r *Run) writeTexts(folder string, texts map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		if err := checkName(name); err != nil {
			return err
		}
		path := filepath.Join(r.dir, folder, name)
		if old, err := os.ReadFile(path); err == nil && string(old) == texts[name] {
			continue
		}
		if err := writeFile(r.dir, path, []byte(texts[name])); err != nil {
			return err
		}
	}
	return nil
}

func (r *Run) writeArtifacts() error {
	for _, name := range slices.Sorted(maps.Keys(r.info.Artifacts)) {
		if name != filepath.Base(name) {
			return fmt.Errorf("mlflow: artifact %q, want the name of a file", name)
		}
		if err := writeFile(r.dir, filepath.Join(r.dir, artifactsFolder, name), r.info.Artifacts[name]); err != nil {
			return err
		}
	}
	return nil
}
