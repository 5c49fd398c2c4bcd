// SPDX-License-Identifier: Apache-2.0

package record

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/gofrs/flock"
	"github.com/google/renameio/v2"
)

const (
	configFile   = "config.yaml"
	manifestFile = "manifest.json"
	metricsFile  = "metrics.jsonl"
	summaryFile  = "summary.json"
	lockFile     = ".lock"
)

// Run is a run directory that this process writes. Its methods may be called from
// several goroutines.
type Run struct {
	dir  string
	lock *flock.Flock

	mu      sync.Mutex
	metrics *os.File // nil once closed
	written int64    // bytes of whole lines in metrics
	tally   tally
	mirror  Mirror // nil for none
}

// Create makes dir, or takes it where it is empty, and locks it until Close. It
// refuses a directory that holds a run or anything else.
func Create(dir string) (*Run, error) {
	if err := CheckEmpty(dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, writeError(dir, err)
	}
	lock := flock.New(filepath.Join(dir, lockFile))
	held, err := lock.TryLock()
	if err != nil {
		return nil, writeError(dir, err)
	}
	if !held {
		return nil, fmt.Errorf("%s is in use by another process: choose another directory with --out", dir)
	}
	r := &Run{dir: dir, lock: lock}
	// Another process may have begun and ended a run between the check and the lock.
	if err := CheckEmpty(dir); err != nil {
		return nil, both(err, r.Close())
	}
	path := filepath.Join(dir, metricsFile)
	r.metrics, err = os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, both(writeError(path, err), r.Close())
	}
	return r, nil
}

// CheckEmpty refuses a directory that holds a run or other files, as Create does; it changes nothing.
func CheckEmpty(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("cannot use %s as a run directory: %w", dir, cause(err))
	}
	for _, name := range []string{configFile, manifestFile, metricsFile} {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			return fmt.Errorf("%s already holds a run (%s): choose another directory with --out", dir, name)
		}
	}
	for _, e := range entries {
		if e.Name() != lockFile {
			return fmt.Errorf("%s is not empty (it holds %q): choose a new or empty directory with --out", dir, e.Name())
		}
	}
	return nil
}

// Dir is the run's directory as given to Create.
func (r *Run) Dir() string { return r.dir }

// Close ends writing and frees the directory. It may be called twice.
func (r *Run) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var err error
	if r.metrics != nil {
		if err = both(r.metrics.Sync(), r.metrics.Close()); err != nil {
			err = writeError(filepath.Join(r.dir, metricsFile), err)
		}
		r.metrics = nil
	}
	if r.lock.Locked() {
		// Removed while held: nobody can hold a lock on a file that is not there.
		os.Remove(r.lock.Path())
		err = both(err, r.lock.Unlock())
	}
	return err
}

// WriteConfig writes config.yaml.
func (r *Run) WriteConfig(yaml []byte) error { return r.writeWhole(configFile, yaml) }

// WriteManifest writes manifest.json; a later call replaces it (the end time).
func (r *Run) WriteManifest(m Manifest) error { return r.writeJSON(manifestFile, m) }

// WriteSummary writes summary.json; a later call replaces it.
func (r *Run) WriteSummary(s Summary) error {
	if err := s.Status.check(); err != nil {
		return err
	}
	return r.writeJSON(summaryFile, s)
}

func (r *Run) writeJSON(name string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", filepath.Join(r.dir, name), err)
	}
	return r.writeWhole(name, append(b, '\n'))
}

func (r *Run) writeWhole(name string, b []byte) error {
	path := filepath.Join(r.dir, name)
	// The temporary file lies beside the target: elsewhere the rename could fail.
	if err := renameio.WriteFile(path, b, 0o644, renameio.WithTempDir(r.dir)); err != nil {
		return writeError(path, err)
	}
	return nil
}
