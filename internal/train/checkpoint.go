// SPDX-License-Identifier: Apache-2.0

package train

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gomlx/gomlx/core/tensors"

	"revgn/gnstep"
	"revgn/internal/config"
	"revgn/internal/npy"
	"revgn/internal/record"
)

// StatePrefix begins the names that checkpoints give to what an optimizer keeps; what follows is its path below gnstep.StateScope.
const StatePrefix = "opt/"

// The batch of the last step in a checkpoint.
const batchX, batchY = "batch.x", "batch.y"

// state is what going on needs beside weights, optimizer and place in metrics.jsonl.
type state struct {
	Optimizer config.Optimizer `json:"optimizer"`
	LR        float64          `json:"lr"`
	// Activations is what the step made of --activations auto, which looks at the memory that is free.
	Activations config.Activations `json:"activations,omitempty"`
	Seconds     float64            `json:"seconds"` // of wall clock, those before earlier interruptions included
	// Unfinished says that the probe and the evaluations of the step are still due, and ProbeBefore is the probe's loss ahead of it.
	Unfinished  bool          `json:"unfinished,omitempty"`
	ProbeBefore record.Number `json:"probe_before,omitempty"`
}

// state is that of the run as it stands.
func (r *runner) state() state {
	s := state{Optimizer: r.opts.Optimizer, LR: r.opts.LR, Activations: r.plans.chosen(), Seconds: r.elapsed().Seconds(), Unfinished: r.unfinished}
	if r.unfinished && r.prober != nil {
		s.ProbeBefore = record.Number(r.prober.before)
	}
	return s
}

// save writes all that the run needs to go on from here. C and U are left out: they follow from the configuration. A step that ended without its line in
// metrics.jsonl cannot be gone on from, so it is not saved.
func (r *runner) save(keep bool) error {
	if r.saved == r.step && !keep || r.unrecorded {
		return nil
	}
	arrays, err := r.arrays()
	if err != nil {
		return err
	}
	state, err := json.Marshal(r.state())
	if err != nil {
		return err
	}
	began := time.Now()
	err = r.run.SaveCheckpoint(record.Checkpoint{
		Step: r.step, Epoch: r.epoch(), Position: r.step % r.perEpoch, Metrics: r.settled, State: state, Arrays: arrays, Keep: keep,
	})
	if err == nil {
		r.saved, r.savedAt, r.saving = r.step, time.Now(), time.Since(began)
	}
	return err
}

// arrays are the optimizer's state, the weights and the last step's batch.
func (r *runner) arrays() ([]npy.Array, error) {
	var arrays []npy.Array
	add := func(name string, t *tensors.Tensor) error {
		array, err := HostArray(name, t)
		arrays = append(arrays, array)
		return err
	}
	for v := range r.vars.Store.IterVariables() {
		if !strings.HasPrefix(v.Path(), gnstep.StateScope) || !v.HasValue() {
			continue
		}
		if err := add(StatePrefix+strings.TrimPrefix(v.Path(), gnstep.StateScope), v.MustValue()); err != nil {
			return nil, err
		}
	}
	for _, named := range r.vars.Trained() {
		value, err := named.Variable.Value()
		if err != nil {
			return nil, err
		}
		if err := add(named.Name, value); err != nil {
			return nil, err
		}
	}
	if r.last.x == nil {
		return arrays, nil
	}
	return arrays, cmp.Or(add(batchX, r.last.x), add(batchY, r.last.y))
}

// HostArray copies a tensor to the host under the name that files use for it. Float32, Float64, Int32 and Int64 are held by checkpoints, other dtypes are
// an error.
func HostArray(name string, t *tensors.Tensor) (npy.Array, error) {
	a := npy.Array{Name: name, Shape: slices.Clone(t.Shape().Dimensions)}
	err := t.ConstFlatData(func(flat any) {
		switch values := flat.(type) {
		case []float32:
			a.Data = slices.Clone(values)
		case []float64:
			a.Data = slices.Clone(values)
		case []int32:
			a.Data = slices.Clone(values)
		case []int64:
			a.Data = slices.Clone(values)
		}
	})
	if err == nil && a.Data == nil {
		err = fmt.Errorf("tensor %s has dtype %s, which checkpoints do not hold", name, t.DType())
	}
	return a, err
}
