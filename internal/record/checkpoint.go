// SPDX-License-Identifier: Apache-2.0

package record

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"revgn/internal/npy"
	"revgn/internal/safefile"
)

// Checkpoint is the state of a run after Step steps: with it the run goes on bit
// for bit as if it had never stopped.
type Checkpoint struct {
	Step     int     `json:"step"`
	Epoch    float64 `json:"epoch"`
	Position int     `json:"position"` // batches of the current epoch already used
	// Metrics is how far metrics.jsonl belongs to the checkpoint: a run that goes on
	// from it cuts off what follows.
	Metrics Mark `json:"metrics,omitzero"`
	// State is what else the writer needs to go on, small and in its own form.
	State  json.RawMessage `json:"state,omitempty"`
	Arrays []npy.Array     `json:"-"`
	// Keep exempts the checkpoint from the removal of all but the newest two.
	Keep bool `json:"-"`
}

const (
	checkpointDir    = "checkpoints"
	checkpointFormat = 1
	arraysFile       = "arrays.npz"
	stateFile        = "checkpoint.json"
	sumsFile         = "SHA256SUMS"
	keepFile         = "keep" // present where the checkpoint was asked for
	stepPrefix       = "step-"
	tempPrefix       = ".tmp-"
	asidePrefix      = "aside-" // checkpoints that a run which went on could not use
	newest           = 2        // checkpoints that stay without being asked for
)

// checkpointJSON is the content of checkpoint.json.
type checkpointJSON struct {
	Format int `json:"format"`
	Checkpoint
}

func stepName(step int) string { return fmt.Sprintf("%s%08d", stepPrefix, step) }

// listSteps returns the steps of the checkpoints in dir, ascending. What is not
// named like a checkpoint is not one.
func listSteps(dir string) ([]int, error) {
	entries, err := os.ReadDir(dir)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", dir, safefile.Cause(err))
	}
	var steps []int
	for _, e := range entries {
		digits, ok := strings.CutPrefix(e.Name(), stepPrefix)
		step, err := strconv.Atoi(digits)
		if ok && err == nil && e.IsDir() && e.Name() == stepName(step) {
			steps = append(steps, step)
		}
	}
	slices.Sort(steps)
	return steps, nil
}

// Checkpoints returns the steps that have a checkpoint, ascending.
func (r *Reader) Checkpoints() ([]int, error) {
	return listSteps(filepath.Join(r.dir, checkpointDir))
}

// Checkpoint loads and verifies the checkpoint of a step, the newest for step < 0.
func (r *Reader) Checkpoint(step int) (*Checkpoint, error) {
	steps, err := r.Checkpoints()
	if err != nil {
		return nil, err
	}
	if len(steps) == 0 {
		return nil, fmt.Errorf("%s has no checkpoint", r.dir)
	}
	if step < 0 {
		step = steps[len(steps)-1]
	}
	if !slices.Contains(steps, step) {
		return nil, fmt.Errorf("%s has no checkpoint of step %d, want one of %s", r.dir, step, brief(steps))
	}
	return loadCheckpoint(filepath.Join(r.dir, checkpointDir, stepName(step)), step)
}

// brief lists steps, the middle of long lists left out.
func brief(steps []int) string {
	if len(steps) <= 8 {
		return strings.ReplaceAll(strings.Trim(fmt.Sprint(steps), "[]"), " ", ", ")
	}
	k := len(steps)
	return fmt.Sprintf("%d, %d, %d, ..., %d, %d", steps[0], steps[1], steps[2], steps[k-2], steps[k-1])
}
