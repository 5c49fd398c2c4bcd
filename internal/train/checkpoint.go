// SPDX-License-Identifier: Apache-2.0

package train

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gomlx/gomlx/core/tensors"

	"revgn/gnstep"
	"revgn/internal/npy"
	"revgn/internal/record"
)

// StatePrefix begins the names that checkpoints give to what an optimizer keeps; what follows is its path below gnstep.StateScope.
const StatePrefix = "opt/"

// save writes the weights, the optimizer's state and the last step's batch. C and U are left out: they follow from the configuration.
func (r *runner) save(keep bool) error {
	if r.saved == r.step && !keep {
		return nil
	}
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
			return err
		}
	}
	for _, named := range r.vars.Trained() {
		value, err := named.Variable.Value()
		if err != nil {
			return err
		}
		if err := add(named.Name, value); err != nil {
			return err
		}
	}
	if r.last.x != nil {
		if err := add("batch.x", r.last.x); err != nil {
			return err
		}
		if err := add("batch.y", r.last.y); err != nil {
			return err
		}
	}
	err := r.run.SaveCheckpoint(record.Checkpoint{
		Step: r.step, Epoch: r.epoch(), Position: r.step % r.perEpoch, Arrays: arrays, Keep: keep,
		State: map[string]any{"lr": r.opts.LR, "optimizer": string(r.opts.Optimizer)},
	})
	if err == nil {
		r.saved = r.step
	}
	return err
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
