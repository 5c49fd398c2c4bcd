// SPDX-License-Identifier: Apache-2.0

package record

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"
	"github.com/google/renameio/v2"

	"revgn/internal/safefile"
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
	metrics *os.File  // nil once closed
	written int64     // bytes of whole lines in metrics
	sum     hash.Hash // SHA-256 of them
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
	r, err := lockRun(dir, 0)
	if err != nil {
		return nil, err
	}
	// Another process may have begun and ended a run between the check and the lock.
	if err := CheckEmpty(dir); err != nil {
		return nil, both(err, r.Close())
	}
	if err := both(r.removeLeft(), r.openMetrics(os.O_CREATE)); err != nil {
		return nil, both(err, r.Close())
	}
	return r, nil
}

// lockRun takes the lock of a directory that is there, for which it waits so long; nothing can be written yet.
func lockRun(dir string, patience time.Duration) (*Run, error) {
	if err := CheckWritable(dir); err != nil { // somebody else's files could be links, and the lock a pipe
		return nil, err
	}
	lock := flock.New(filepath.Join(dir, lockFile))
	held, err := lock.TryLock()
	for end := time.Now().Add(patience); err == nil && !held && time.Now().Before(end); {
		time.Sleep(20 * time.Millisecond)
		held, err = lock.TryLock()
	}
	if err != nil {
		return nil, writeError(dir, err)
	}
	if !held {
		return nil, fmt.Errorf("%s is in use by another process: choose another directory with --out", dir)
	}
	return &Run{dir: dir, lock: lock, sum: sha256.New()}, nil
}

// openMetrics opens metrics.jsonl to append to it.
func (r *Run) openMetrics(flags int) error {
	path := filepath.Join(r.dir, metricsFile)
	var err error
	if r.metrics, err = os.OpenFile(path, flags|os.O_WRONLY|os.O_APPEND, 0o644); err != nil {
		return writeError(path, err)
	}
	return nil
}

// syncMetrics brings the lines written so far to the disk.
func (r *Run) syncMetrics() error {
	if r.metrics == nil {
		return fmt.Errorf("cannot write to %s: the run is closed", r.dir)
	}
	if err := r.metrics.Sync(); err != nil {
		return writeError(filepath.Join(r.dir, metricsFile), err)
	}
	return nil
}

// CheckEmpty refuses a directory that holds a run or other files, as Create does; it changes nothing. What a run left that was killed before its options were
// written counts as nothing.
func CheckEmpty(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("cannot use %s as a run directory: %w", dir, safefile.Cause(err))
	}
	for _, name := range []string{configFile, manifestFile, metricsFile} {
		if st, err := os.Lstat(filepath.Join(dir, name)); err == nil && !(name == metricsFile && isLeft(st)) {
			return fmt.Errorf("%s already holds a run (%s): choose another directory with --out, or go on with it by --resume", dir, name)
		}
	}
	for _, e := range entries {
		if name := e.Name(); name != lockFile && name != metricsFile && !isTemporary(name) {
			return fmt.Errorf("%s is not empty (it holds %q): choose a new or empty directory with --out", dir, name)
		}
	}
	return nil
}

// isLeft tells the metrics file of a run that was killed before it wrote anything.
func isLeft(st fs.FileInfo) bool { return st.Mode().IsRegular() && st.Size() == 0 }

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
