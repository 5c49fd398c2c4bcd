// SPDX-License-Identifier: Apache-2.0

package record

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"revgn/internal/safefile"
)

// Holds tells whether a directory holds a run that can go on: one whose options were written.
func Holds(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, configFile))
	return err == nil
}

// ConfigPath is where the options of the run in dir stand.
func ConfigPath(dir string) string { return filepath.Join(dir, configFile) }

// dying is how long a process that was killed may take to let go of its run.
const dying = 2 * time.Second

// Continued is where a run goes on.
type Continued struct {
	// Checkpoint is what the run goes on from, nil for its beginning.
	Checkpoint *Checkpoint
	// Reached is the last step that metrics.jsonl held, the steps after the checkpoint among them, which are made again.
	Reached int
	// Unusable says of every newer checkpoint why the run cannot go on from it.
	Unusable []error

	aside []int // steps whose checkpoints make way
}

// Continue locks the directory of a run that ended or was killed, and finds the newest checkpoint that is whole and whose lines of metrics.jsonl are as they
// were written. It changes nothing: Rewind does. A run none of whose checkpoints can be used is an error; one that has none begins anew.
func Continue(dir string) (*Run, *Continued, error) {
	reader, err := Open(dir)
	if err != nil {
		return nil, nil, err
	}
	r, err := lockRun(dir, dying)
	if err != nil {
		return nil, nil, err
	}
	c, err := reader.continuation()
	if err != nil {
		return nil, nil, both(err, r.Close())
	}
	return r, c, nil
}

func (r *Reader) continuation() (*Continued, error) {
	steps, err := r.Checkpoints()
	if err != nil {
		return nil, err
	}
	c := &Continued{}
	metrics := filepath.Join(r.dir, metricsFile)
	for _, step := range slices.Backward(steps) {
		if step == 0 { // what it holds follows from the options
			c.aside = append(c.aside, step)
			break
		}
		found, err := r.Checkpoint(step)
		if err == nil {
			err = found.Metrics.check(metrics)
		}
		if err == nil {
			c.Checkpoint = found
			break
		}
		c.Unusable = append(c.Unusable, fmt.Errorf("step %d: %w", step, err))
		c.aside = append(c.aside, step)
	}
	if c.Checkpoint == nil && len(c.Unusable) > 0 && !slices.Contains(steps, 0) {
		return nil, fmt.Errorf("%s cannot go on, for none of its checkpoints can be used: %s (begin another run with another --out)", r.dir, listed(c.Unusable))
	}
	c.Reached = lastStep(metrics)
	return c, nil
}

// listed is errors in one line.
func listed(list []error) string {
	text := make([]string, len(list))
	for i, err := range list {
		text[i] = err.Error()
	}
	return strings.Join(text, "; ")
}

// lastStep is the last step that can be read in a metrics file, 0 for none.
func lastStep(path string) int {
	f, err := openFile(path)
	if err != nil {
		return 0
	}
	defer f.Close()
	m, _ := ReadMetrics(f, path) // what can be read before a damaged line counts
	if len(m.Steps) == 0 {
		return 0
	}
	return m.Steps[len(m.Steps)-1].Step
}

// Rewind makes the directory what it was at the checkpoint: metrics.jsonl ends where it ended then, newer checkpoints are put aside, what a kill left half
// written is removed, and the summary counts from what is left. From here on the run can be written.
func (r *Run) Rewind(c *Continued) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.removeLeft(); err != nil {
		return err
	}
	if err := r.putAside(c.aside); err != nil {
		return err
	}
	if err := r.openMetrics(os.O_CREATE); err != nil {
		return err
	}
	path := filepath.Join(r.dir, metricsFile)
	var mark Mark
	if c.Checkpoint != nil {
		mark = c.Checkpoint.Metrics
	}
	if err := r.metrics.Truncate(mark.Bytes); err != nil {
		return writeError(path, err)
	}
	if err := r.syncMetrics(); err != nil {
		return err
	}
	return r.recount(path)
}

// recount sums up the lines that metrics.jsonl holds.
func (r *Run) recount(path string) error {
	f, err := openFile(path)
	if err != nil {
		return err
	}
	defer f.Close()
	r.sum.Reset()
	counter := &countingWriter{r.sum, 0}
	m, err := ReadMetrics(io.TeeReader(f, counter), path)
	if err != nil {
		return err
	}
	r.written, r.tally = counter.n, tally{}
	// Steps last: theirs is the newest step, whether it was evaluated or not.
	for _, e := range m.Evals {
		r.tally.addEval(e)
	}
	for _, s := range m.Steps {
		r.tally.addStep(s)
	}
	for _, p := range m.Probes {
		r.tally.addProbe(p)
	}
	return nil
}

// countingWriter counts what goes through it.
type countingWriter struct {
	to io.Writer
	n  int64
}

func (w *countingWriter) Write(b []byte) (int, error) {
	n, err := w.to.Write(b)
	w.n += int64(n)
	return n, err
}

// putAside renames the checkpoints of these steps, so that the run can write its own.
func (r *Run) putAside(steps []int) error {
	dir := filepath.Join(r.dir, checkpointDir)
	for _, step := range steps {
		to := filepath.Join(dir, asidePrefix+stepName(step))
		if err := os.RemoveAll(to); err != nil {
			return writeError(to, err)
		}
		if err := os.Rename(filepath.Join(dir, stepName(step)), to); err != nil {
			return writeError(to, err)
		}
	}
	return nil
}

// removeLeft removes the temporary files that a kill left: those beside the files that are written whole, and half a checkpoint.
func (r *Run) removeLeft() error {
	entries, err := os.ReadDir(r.dir)
	if err != nil {
		return fmt.Errorf("cannot read %s: %w", r.dir, safefile.Cause(err))
	}
	for _, e := range entries {
		if isTemporary(e.Name()) && e.Type().IsRegular() {
			if err := os.Remove(filepath.Join(r.dir, e.Name())); err != nil {
				return writeError(filepath.Join(r.dir, e.Name()), err)
			}
		}
	}
	dir := filepath.Join(r.dir, checkpointDir)
	if err := removeTemporary(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return writeError(dir, err)
	}
	return nil
}

// isTemporary tells the names that renameio gives: a dot, the name of the file to be, and digits.
func isTemporary(name string) bool {
	for _, file := range []string{configFile, manifestFile, summaryFile} {
		if digits, ok := strings.CutPrefix(name, "."+file); ok && digits != "" && strings.Trim(digits, "0123456789") == "" {
			return true
		}
	}
	return false
}
