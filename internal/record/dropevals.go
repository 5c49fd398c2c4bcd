// SPDX-License-Identifier: Apache-2.0

package record

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// DropEvals makes the checkpoint that a run goes on from one of before the evaluations of its step, which Rewind then cuts off. It is for the end of a run that is
// made longer, where a run of that length would not have evaluated. Whatever kills it leaves a run that can go on.
func (r *Run) DropEvals(c *Continued) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	before, err := beforeEvals(filepath.Join(r.dir, metricsFile), c.Checkpoint.Metrics, c.Checkpoint.Step)
	if err != nil || before == c.Checkpoint.Metrics {
		return err
	}
	shorter := *c.Checkpoint
	shorter.Metrics, shorter.Keep = before, true
	if err := r.replaceCheckpoint(shorter); err != nil {
		return err
	}
	c.Checkpoint = &shorter
	return nil
}

// replaceCheckpoint writes a checkpoint in the place of the one of the same step.
func (r *Run) replaceCheckpoint(c Checkpoint) error {
	dir := filepath.Join(r.dir, checkpointDir)
	path, next, old := filepath.Join(dir, stepName(c.Step)), filepath.Join(dir, tempPrefix+"next"), filepath.Join(dir, tempPrefix+"old")
	if err := removeTemporary(dir); err != nil {
		return writeError(dir, err)
	}
	for _, do := range []func() error{
		func() error { return writeCheckpoint(dir, next, c) },
		func() error { return os.Rename(path, old) },
		func() error { return os.Rename(next, path) },
		func() error { return syncDir(dir) },
		func() error { return os.RemoveAll(old) },
	} {
		if err := do(); err != nil {
			return writeError(path, err)
		}
	}
	return nil
}

// beforeEvals is the mark ahead of the evaluations of a step with which the lines up to a mark end; the mark itself where they end otherwise.
func beforeEvals(path string, end Mark, step int) (Mark, error) {
	f, err := openFile(path)
	if err != nil {
		return end, err
	}
	defer f.Close()
	sum, n := sha256.New(), int64(0)
	before := end
	found := false
	_, err = eachLine(io.LimitReader(f, end.Bytes), path, func(line []byte) error {
		l, err := decodeRecord(line)
		switch {
		case err != nil:
			return err
		case l.Eval != nil && l.Eval.Step == step && !found:
			found, before = true, Mark{n, fmt.Sprintf("%x", sum.Sum(nil))}
		case l.Eval == nil && l.Event == nil:
			found, before = false, end
		}
		n += int64(len(line))
		sum.Write(line)
		return nil
	})
	return before, err
}
