// SPDX-License-Identifier: Apache-2.0

package devices

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/distributed"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"
)

// Function builds a graph from its inputs, one at least. What it does to the variables of the store becomes their values after every call.
type Function = func(scope *gomlx.Scope, inputs []*graph.Node) []*graph.Node

// Exec runs the graph of a Function, compiled once for each shape of its inputs, on the devices of a group.
type Exec struct {
	group   *Group
	backend compute.Backend
	exec    *gomlx.Exec
}

// NewExec prepares a graph on the variables of a store, which are given their places on the devices if they have none.
func (g *Group) NewExec(backend compute.Backend, store *gomlx.Store, build Function) (*Exec, error) {
	if n := backend.NumDevices(); n < g.count {
		return nil, fmt.Errorf("%d devices are asked for and the backend has %d", g.count, n)
	}
	e := &Exec{group: g, backend: backend}
	if g.count > 1 {
		build = e.laidOut(store, build)
	}
	var err error
	if e.exec, err = gomlx.NewExec(backend, store, build); err != nil {
		return nil, err
	}
	if g.count == 1 {
		return e, nil
	}
	e.exec.AutoSharding(g.mesh)
	return e, e.exec.SetDefaultShardingSpec(g.whole) // of variables that the graph creates
}

// laidOut builds the graph with the layout of every variable before and after it. The new values of variables are the graph's first outputs, in the store's order
// (ml/model/exec.go of gomlx v0.28.2, buildGraphFn), and which variables change is known only once the graph is built. An output without a layout would be
// left where the partitioner likes it, and a variable would be taken for whole that is not.
func (e *Exec) laidOut(store *gomlx.Store, build Function) Function {
	return func(scope *gomlx.Scope, inputs []*graph.Node) []*graph.Node {
		if err := e.group.place(store); err != nil {
			panic(err)
		}
		outputs := build(scope, inputs)
		var layouts []*distributed.ShardingSpec
		for v := range store.IterVariables() {
			if v.ChangedInGraph(inputs[0].Graph()) {
				layouts = append(layouts, v.ShardingSpec())
			}
		}
		e.exec.WithOutputShardingSpecs(slices.Concat(layouts, slices.Repeat([]*distributed.ShardingSpec{e.group.whole}, len(outputs)))...)
		return outputs
	}
}

// Compile builds and compiles the graph for inputs of these shapes.
func (e *Exec) Compile(inputs ...shapes.Shape) (*graph.Graph, error) {
	return e.exec.Compile(slices.Repeat(inputs, e.group.count)...)
}

// Call runs the graph on inputs that lie on the host or on one device, and returns its outputs on the first device, the caller's to free. Every device gets the
// whole of every input.
func (e *Exec) Call(inputs ...*tensors.Tensor) ([]*tensors.Tensor, error) {
	args := make([]any, 0, len(inputs)*e.group.count)
	for _, t := range inputs {
		args = append(args, t)
	}
	var copies []*tensors.Tensor
	for device := 1; device < e.group.count; device++ {
		for _, t := range inputs {
			c, err := t.OnDeviceClone(e.backend, compute.DeviceNum(device))
			if err != nil {
				return nil, cmp.Or(err, Free(copies...))
			}
			copies, args = append(copies, c), append(args, c)
		}
	}
	outputs, err := e.exec.Call(args...)
	if err := cmp.Or(err, Free(copies...)); err != nil {
		return nil, err
	}
	each := len(outputs) / e.group.count
	return outputs[:each:each], Free(outputs[each:]...)
}

// Finalize frees the compiled graphs.
func (e *Exec) Finalize() { e.exec.Finalize() }
