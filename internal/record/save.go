// SPDX-License-Identifier: Apache-2.0

package record

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"revgn/internal/npy"
)

// SaveCheckpoint writes a checkpoint, whole or not at all, then removes those that
// are neither asked for nor among the newest two. A step that has a checkpoint
// already keeps it; only Keep is added. On an error all earlier ones are intact.
func (r *Run) SaveCheckpoint(c Checkpoint) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c.Step < 0 {
		return fmt.Errorf("cannot save a checkpoint of step %d, want 0 or more", c.Step)
	}
	if err := r.syncMetrics(); err != nil { // a checkpoint must not reach the disk before the lines that it counts on
		return err
	}
	dir := filepath.Join(r.dir, checkpointDir)
	path := filepath.Join(dir, stepName(c.Step))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return writeError(dir, err)
	}
	// The lock is held: a temporary directory can only be what a kill left behind.
	if err := removeTemporary(dir); err != nil {
		return writeError(dir, err)
	}
	if _, err := os.Lstat(path); err == nil {
		return keepCheckpoint(path, c.Keep)
	}
	if err := writeCheckpoint(dir, path, c); err != nil {
		return writeError(path, both(err, removeTemporary(dir)))
	}
	return prune(dir)
}

// writeCheckpoint writes into a temporary directory beside path and renames it.
func writeCheckpoint(dir, path string, c Checkpoint) error {
	temp, err := os.MkdirTemp(dir, tempPrefix)
	if err != nil {
		return err
	}
	if err := os.Chmod(temp, 0o755); err != nil {
		return err
	}
	state, err := json.MarshalIndent(checkpointJSON{checkpointFormat, c}, "", "  ")
	if err != nil {
		return err
	}
	if len(state) >= maxState {
		return fmt.Errorf("%s would have %d bytes, want fewer than %d, or it would not be read again", stateFile, len(state), maxState)
	}
	arraysSum, err := writeSynced(filepath.Join(temp, arraysFile), func(w io.Writer) error {
		return npy.WriteZip(w, c.Arrays)
	})
	if err != nil {
		return err
	}
	stateSum, err := writeSynced(filepath.Join(temp, stateFile), bytesTo(append(state, '\n')))
	if err != nil {
		return err
	}
	sums := sumLines(fmt.Sprintf("%x", arraysSum), fmt.Sprintf("%x", stateSum))
	if _, err := writeSynced(filepath.Join(temp, sumsFile), bytesTo([]byte(sums))); err != nil {
		return err
	}
	if c.Keep {
		if _, err := writeSynced(filepath.Join(temp, keepFile), bytesTo(nil)); err != nil {
			return err
		}
	}
	if err := syncDir(temp); err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	return syncDir(dir)
}

func keepCheckpoint(path string, keep bool) error {
	if !keep {
		return nil
	}
	if _, err := writeSynced(filepath.Join(path, keepFile), bytesTo(nil)); err != nil {
		return writeError(path, err)
	}
	return nil
}

// prune removes checkpoints that are neither kept nor among the newest two. Each is
// renamed first, so that a kill leaves no half of one under its name.
func prune(dir string) error {
	steps, err := listSteps(dir)
	if err != nil {
		return err
	}
	for _, step := range steps[:max(0, len(steps)-newest)] {
		path := filepath.Join(dir, stepName(step))
		if _, err := os.Lstat(filepath.Join(path, keepFile)); err == nil {
			continue
		}
		if err := os.Rename(path, filepath.Join(dir, tempPrefix+stepName(step))); err != nil {
			return writeError(path, err)
		}
	}
	if err := removeTemporary(dir); err != nil {
		return writeError(dir, err)
	}
	return nil
}

func removeTemporary(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), tempPrefix) {
			err = both(err, os.RemoveAll(filepath.Join(dir, e.Name())))
		}
	}
	return err
}

func bytesTo(b []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	}
}

// writeSynced writes a file through to the disk and returns its SHA-256.
func writeSynced(path string, write func(io.Writer) error) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	err = write(io.MultiWriter(f, sum))
	if err == nil {
		err = f.Sync()
	}
	return sum.Sum(nil), both(err, f.Close())
}

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return both(f.Sync(), f.Close())
}
