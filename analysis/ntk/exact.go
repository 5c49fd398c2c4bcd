// SPDX-License-Identifier: Apache-2.0

package ntk

import (
	"cmp"
	"context"
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"revgn/analysis"
	"revgn/internal/devices"
	"revgn/model"
)

// Exact computes kernels of one network on one probe set, of whatever weights its variables hold. Graphs are compiled once, and the frozen products CCᵀ are made
// once.
type Exact struct {
	sizes
	probe analysis.Probe
	plan  Plan

	frozenExec, productExec, blockExec, tileExec *devices.Exec
	frozen                                       []*tensors.Tensor // CCᵀ of the identity couplings
}

// NewExact prepares the kernel of a network on a probe set, and builds no graph yet. What Plan says does not fit the memory limit is an error.
func NewExact(backend compute.Backend, vars *model.Variables, p analysis.Probe, o Options) (*Exact, error) {
	o, err := o.check(vars.Config, p)
	if err != nil {
		return nil, err
	}
	s, err := chooseSizes(vars.Config, p.Len(), o)
	if err != nil {
		return nil, err
	}
	e := &Exact{sizes: s, probe: p, plan: planOf(s, o)}
	for _, g := range []struct {
		exec  **devices.Exec
		build devices.Function
	}{
		{&e.frozenExec, s.frozenGraph(vars)}, {&e.productExec, s.productGraph(vars)}, {&e.blockExec, s.blockGraph(vars)}, {&e.tileExec, s.tileGraph()},
	} {
		if *g.exec, err = o.Devices.NewExec(backend, vars.Store, g.build); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// Plan says what a kernel takes.
func (e *Exact) Plan() Plan { return e.plan }

// Compile builds all graphs and returns those of a block and of a tile.
func (e *Exact) Compile() ([]*graph.Graph, error) {
	square := shapes.Make(e.config.DType, e.config.Half(), e.config.Half())
	in := []shapes.Shape{shapes.Make(e.config.DType, e.rows, e.config.Width)}
	for _, exec := range e.squareExecs() {
		if _, err := exec.Compile(shapes.Make(e.config.DType)); err != nil {
			return nil, err
		}
		for range e.identities() {
			in = append(in, square)
		}
	}
	block, err := e.blockExec.Compile(in...)
	if err != nil {
		return nil, err
	}
	tile, err := e.tileExec.Compile(e.tileShapes()...)
	return []*graph.Graph{block, tile}, err
}

// squareExecs are those of CCᵀ and CW, as far as they are needed.
func (e *Exact) squareExecs() []*devices.Exec {
	switch {
	case e.identities() == 0:
		return nil
	case e.apart:
		return []*devices.Exec{e.frozenExec}
	}
	return []*devices.Exec{e.frozenExec, e.productExec}
}

// tileShapes are those of the tile graph's inputs.
func (e *Exact) tileShapes() []shapes.Shape {
	dtype, b, k, d := e.config.DType, e.rows, e.config.Classes, e.config.Half()
	list := []shapes.Shape{shapes.Make(dtype, b), shapes.Make(dtype, b)}
	for c, constant := range e.constant {
		features, delta := shapes.Make(dtype, b, e.config.Hidden), shapes.Make(dtype, k, b, d)
		if e.identity(c) {
			features = shapes.Make(dtype, b, d)
		}
		switch {
		case constant:
			delta = shapes.Make(dtype, k, d)
		case !e.full:
			delta = shapes.Make(dtype, b, k*d)
		}
		list = append(list, features, features, delta, delta)
	}
	return list
}

// Finalize frees graphs and what lies on the device.
func (e *Exact) Finalize() {
	_ = devices.Free(e.frozen...) // what is not given back here goes with the backend
	for _, exec := range []*devices.Exec{e.frozenExec, e.productExec, e.blockExec, e.tileExec} {
		exec.Finalize()
	}
}

// Kernel computes the kernel of the weights that the variables hold. progress, where not nil, is called after every tile with the number of tiles that are done.
func (e *Exact) Kernel(ctx context.Context, progress func(done, tiles int)) (*Kernel, error) {
	r := &kernelRun{Exact: e, ctx: ctx, progress: progress, kernel: newKernel(e.sizes)}
	err := r.all()
	if err := cmp.Or(err, devices.Free(r.products...)); err != nil {
		return nil, fmt.Errorf("tangent kernel: %w", err)
	}
	return r.kernel, nil
}
