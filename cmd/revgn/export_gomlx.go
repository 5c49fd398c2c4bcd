// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"revgn/internal/gomlxfile"
	"revgn/internal/npy"
	"revgn/internal/runs"
	"revgn/internal/train"
	"revgn/model"
)

// exportGoMLX writes a checkpoint as GoMLX loads it, frozen tensors included, and prints where.
func exportGoMLX(dir string, o exportOptions, stdout io.Writer) error {
	run, err := runs.Open(dir)
	if err != nil {
		return err
	}
	weights, err := exportWeights(run, o.step)
	if err != nil {
		return err
	}
	path := o.out
	if path == "" {
		path = fmt.Sprintf("%s-step-%08d-gomlx", filepath.Clean(dir), weights.Step)
	}
	if err := checkPlace(path); err != nil {
		return err
	}
	if err := gomlxfile.Check(path); err != nil {
		return err
	}
	c := gomlxfile.Checkpoint{Step: weights.Step, Params: networkParams(run.Network)}
	if c.Variables, err = storeVariables(run.Network, weights); err != nil {
		return err
	}
	if err := gomlxfile.WriteDir(path, c); err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s: step %d, %d variables for GoMLX\n", path, weights.Step, len(c.Variables))
	return err
}

// storeVariables are all variables of the network by their paths, in order.
func storeVariables(net model.Config, weights *runs.Weights) ([]npy.Array, error) {
	vars, err := model.NewVariables(net)
	if err != nil {
		return nil, err
	}
	if err := weights.Put(vars); err != nil {
		return nil, err
	}
	var arrays []npy.Array
	for v := range vars.Store.IterVariables() {
		value, err := v.Value()
		if err != nil {
			return nil, err
		}
		a, err := train.HostArray(v.Path(), value)
		if err != nil {
			return nil, err
		}
		arrays = append(arrays, a)
	}
	slices.SortFunc(arrays, func(a, b npy.Array) int { return strings.Compare(a.Name, b.Name) })
	return arrays, nil
}

// networkParams are what a program needs beside the variables to build the network.
func networkParams(net model.Config) []gomlxfile.Param {
	const scope = "/net"
	return []gomlxfile.Param{
		{Scope: scope, Key: "width", Value: net.Width},
		{Scope: scope, Key: "classes", Value: net.Classes},
		{Scope: scope, Key: "blocks", Value: net.Blocks},
		{Scope: scope, Key: "hidden", Value: net.Hidden},
		{Scope: scope, Key: "activation", Value: string(net.Activation)},
		{Scope: scope, Key: "first_activation", Value: string(net.FirstActivation)},
		{Scope: scope, Key: "bias", Value: net.Bias},
		{Scope: scope, Key: "linearised", Value: net.Linearised},
		{Scope: scope, Key: "output_scale", Value: net.Scale()},
	}
}
