// SPDX-License-Identifier: Apache-2.0

package ntk

import (
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"revgn/internal/devices"
	"revgn/model"
)

// deltaShapes are those of what a Delta of every coupling is made of.
func (r *Products) deltaShapes() []shapes.Shape {
	var list []shapes.Shape
	for range r.constant {
		list = append(list, shapes.Make(r.config.DType, r.config.Hidden, r.config.Half()))
		if r.config.Bias {
			list = append(list, shapes.Make(r.config.DType, r.config.Half()))
		}
	}
	return list
}

// flatten lists the parts of deltas in the order of deltaShapes, and deltasOf undoes it.
func flatten(deltas []model.Delta) []*graph.Node {
	var list []*graph.Node
	for _, d := range deltas {
		list = append(list, d.W)
		if d.Bias != nil {
			list = append(list, d.Bias)
		}
	}
	return list
}

func (r *Products) deltasOf(nodes []*graph.Node) []model.Delta {
	var deltas []model.Delta
	for range r.constant {
		d := model.Delta{W: nodes[0]}
		if nodes = nodes[1:]; r.config.Bias {
			d.Bias, nodes = nodes[0], nodes[1:]
		}
		deltas = append(deltas, d)
	}
	return deltas
}

// pullGraph adds a block's part to Jᵀz of a group: of x (b, D), z (b, K) of each, and the sums so far. Samples that only fill the block up have z = 0.
func (r *Products) pullGraph(vars *model.Variables) devices.Function {
	return func(_ *gomlx.Scope, in []*graph.Node) []*graph.Node {
		trace := vars.Network(in[0].Graph()).At(in[0])
		var pulled []*graph.Node
		for v := range r.group {
			_, deltas := trace.Adjoint(in[1+v])
			pulled = append(pulled, flatten(deltas)...)
		}
		for i, before := range in[1+r.group:] {
			pulled[i] = graph.Add(pulled[i], before)
		}
		return pulled
	}
}

// pushGraph is J times the changes of the weights of a group, (b, K) each, of x (b, D) and the changes.
func (r *Products) pushGraph(vars *model.Variables) devices.Function {
	return func(_ *gomlx.Scope, in []*graph.Node) []*graph.Node {
		net := vars.Network(in[0].Graph())
		trace := net.At(in[0])
		each := len(in[1:]) / r.group
		var out []*graph.Node
		for v := range r.group {
			out = append(out, net.Readout(trace.Tangent(nil, r.deltasOf(in[1+v*each:1+(v+1)*each]))))
		}
		return out
	}
}
