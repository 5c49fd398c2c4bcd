// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"path/filepath"
	"slices"

	"revgn/internal/npy"
	"revgn/internal/record"
	"revgn/internal/train"
	"revgn/model"
)

// exportArrays returns the tensors of a run's network in the order of
// model.Config.TensorNames, those that an anchored network starts from, and the
// batch where it is asked for. What training
// does not change (C, U, and everything at step 0) is not in checkpoints: it is
// drawn again from the seed.
func exportArrays(dir string, o exportOptions) (step int, arrays []npy.Array, err error) {
	run, err := record.Open(dir)
	if err != nil {
		return 0, nil, err
	}
	net, err := storedNetwork(run)
	if err != nil {
		return 0, nil, err
	}
	var saved []npy.Array
	if o.step != 0 {
		c, err := run.Checkpoint(o.step)
		if err != nil {
			return 0, nil, err
		}
		step, saved = c.Step, c.Arrays
	}
	for _, name := range net.TensorNames() {
		a, err := tensorArray(net, name, saved, step > 0)
		if err != nil {
			return 0, nil, fmt.Errorf("%s, step %d: %w", dir, step, err)
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
		return step, arrays, nil
	}
	for _, name := range []string{"batch.x", "batch.y"} {
		a, ok := npy.Find(saved, name)
		if !ok {
			return 0, nil, fmt.Errorf("%s, step %d: the checkpoint holds no %s (leave out --batch, or name a later --step)", dir, step, name)
		}
		arrays = append(arrays, a)
	}
	return step, arrays, nil
}

// storedNetwork is the network of a run: its options, and what its data decided.
func storedNetwork(run *record.Reader) (model.Config, error) {
	options, err := storedOptions(filepath.Join(run.Dir(), "config.yaml"))
	if err != nil {
		return model.Config{}, err
	}
	manifest, err := run.Manifest()
	if err != nil {
		return model.Config{}, err
	}
	net := train.NetworkConfig(options, manifest.Features, manifest.Classes)
	if err := net.Validate(); err != nil {
		return model.Config{}, fmt.Errorf("%s: config.yaml and manifest.json describe no network: %w", run.Dir(), err)
	}
	return net, nil
}

// tensorArray returns a tensor's saved value, or draws its initial one. A trained
// tensor that training has reached must be among the saved ones.
func tensorArray(net model.Config, name string, saved []npy.Array, trained bool) (npy.Array, error) {
	if !trained || !model.IsTrained(name) {
		return initialArray(net, name)
	}
	a, ok := npy.Find(saved, name)
	if !ok {
		return npy.Array{}, fmt.Errorf("the checkpoint holds no %s", name)
	}
	want := []int{net.Hidden, net.Half()} // W
	if len(a.Shape) == 1 {
		want = []int{net.Half()} // b
	}
	if !slices.Equal(a.Shape, want) {
		return npy.Array{}, fmt.Errorf("%s has shape %v, want %v by config.yaml", name, a.Shape, want)
	}
	return a, nil
}

// startArrays are the weights that the network starts from, under names of their own.
func startArrays(net model.Config) ([]npy.Array, error) {
	var arrays []npy.Array
	for _, name := range net.TensorNames() {
		if !model.IsTrained(name) {
			continue
		}
		a, err := initialArray(net, name)
		if err != nil {
			return nil, err
		}
		a.Name = model.StartName(name)
		arrays = append(arrays, a)
	}
	return arrays, nil
}

// initialArray draws a tensor's initial value and copies it out.
func initialArray(net model.Config, name string) (npy.Array, error) {
	value, err := net.InitialValue(name)
	if err != nil {
		return npy.Array{}, err
	}
	return train.HostArray(name, value)
}
