// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"

	"revgn/internal/npy"
	"revgn/internal/runs"
	"revgn/model"
)

// exportArrays returns the tensors of a run's network in the order of
// model.Config.TensorNames, those that an anchored network starts from, and the
// batch where it is asked for. What training
// does not change (C, U, and everything at step 0) is not in checkpoints: it is
// drawn again from the seed.
func exportArrays(dir string, o exportOptions) (step int, arrays []npy.Array, err error) {
	run, err := runs.Open(dir)
	if err != nil {
		return 0, nil, err
	}
	weights, err := exportWeights(run, o.step)
	if err != nil {
		return 0, nil, err
	}
	net := run.Network
	for _, name := range net.TensorNames() {
		a, saved := npy.Find(weights.Arrays, name)
		if !saved {
			if a, err = runs.InitialArray(net, name); err != nil {
				return 0, nil, err
			}
		}
		arrays = append(arrays, a)
	}
	if net.Anchored() {
		start, err := startArrays(net)
		if err != nil {
			return 0, nil, err
		}
		arrays = append(arrays, start...)
	}
	if !o.batch {
		return weights.Step, arrays, nil
	}
	for _, name := range []string{"batch.x", "batch.y"} {
		a, ok := npy.Find(weights.Batch, name)
		if !ok {
			return 0, nil, fmt.Errorf("%s, step %d: the checkpoint holds no %s (leave out --batch, or name a later --step)", dir, weights.Step, name)
		}
		arrays = append(arrays, a)
	}
	return weights.Step, arrays, nil
}

// exportWeights are those of a step that the run has, runs.Newest for the newest.
func exportWeights(run *runs.Run, step int) (*runs.Weights, error) {
	if step > 0 {
		if _, err := run.Select(runs.Selection{Steps: []int{step}}); err != nil {
			return nil, err
		}
	}
	return run.Weights(step)
}

// startArrays are the weights that the network starts from, under names of their own.
func startArrays(net model.Config) ([]npy.Array, error) {
	var arrays []npy.Array
	for _, name := range net.TensorNames() {
		if !model.IsTrained(name) {
			continue
		}
		a, err := runs.InitialArray(net, name)
		if err != nil {
			return nil, err
		}
		a.Name = model.StartName(name)
		arrays = append(arrays, a)
	}
	return arrays, nil
}
