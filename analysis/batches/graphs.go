// SPDX-License-Identifier: Apache-2.0

package batches

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"revgn/gnstep"
	"revgn/internal/devices"
	"revgn/model"
)

// stepGraph is a step on x (B, D), labels (B) and lr that is not made: its packed report, and of every trained tensor, in the order of
// model.Variables.Trained, what the step would take off it. A variable that is given back its value before the step counts as unchanged, and is not written.
func stepGraph(vars *model.Variables, stepper gnstep.Stepper) devices.Function {
	return func(_ *gomlx.Scope, in []*graph.Node) []*graph.Node {
		g := in[0].Graph()
		var before []*graph.Node
		for _, named := range vars.Trained() {
			before = append(before, named.Variable.NodeValue(g))
		}
		outputs := []*graph.Node{stepper.Build(in[0], in[1], in[2]).Pack()}
		for i, named := range vars.Trained() {
			outputs = append(outputs, graph.Sub(before[i], named.Variable.NodeValue(g)))
		}
		for v := range vars.Store.IterVariables() {
			if v.ChangedInGraph(g) {
				v.SetNodeValue(g.GetParameterByName(v.Path())) // a parameter has the path of its variable for a name
			}
		}
		return outputs
	}
}

// forwardGraph is f(θ) of x (n, D), (n, K), and with labels (n) the sum of the losses, a Float64 vector of one.
func forwardGraph(vars *model.Variables, objective model.Objective) devices.Function {
	return func(_ *gomlx.Scope, in []*graph.Node) []*graph.Node {
		logits := vars.Network(in[0].Graph()).At(in[0]).Logits
		return []*graph.Node{logits, vector(graph.ReduceAllSum(objective.PerSample(exactly(logits), in[1])))}
	}
}

// tangentGraph is J d on the logits of x (n, D), (n, K), for a change d of every trained tensor, and what it predicts for the loss with labels (n): the mean first-order
// change, that of the quadratic model, and ‖J d‖².
func tangentGraph(vars *model.Variables, objective model.Objective) devices.Function {
	return func(_ *gomlx.Scope, in []*graph.Node) []*graph.Node {
		x, labels, change := in[0], in[1], in[2:]
		net := vars.Network(x.Graph())
		trace := net.At(x)
		tangent := net.Readout(trace.Tangent(nil, deltas(vars.Config, change)))
		logits, dz := exactly(trace.Logits), graph.Neg(exactly(tangent))
		slope := graph.DivScalar(graph.ReduceAllSum(graph.Mul(objective.Residual(logits, labels), dz)), float64(x.Shape().Dim(0)))
		return []*graph.Node{tangent, vector(slope, gnstep.PredictedChange(objective, logits, labels, dz), graph.ReduceAllSum(graph.Square(dz)))}
	}
}

// trialGraph is what θ - s d does on x (n, D) with labels (n), from s (a scalar), f(θ) and J d (n, K) and d: the sum of the changes of the losses, that of their squares, and
// ‖f(θ - s d) - f(θ) + s J d‖².
func trialGraph(vars *model.Variables, objective model.Objective) devices.Function {
	return func(_ *gomlx.Scope, in []*graph.Node) []*graph.Node {
		x, labels, s, before, tangent, change := in[0], in[1], in[2], exactly(in[3]), exactly(in[4]), in[5:]
		net := vars.Network(x.Graph())
		moved := net.With(model.Moved(net.Weights(), deltas(vars.Config, change), s, graph.Const(x.Graph(), true)))
		after := exactly(moved.At(x).Logits)
		losses := graph.Sub(objective.PerSample(after, labels), objective.PerSample(before, labels))
		left := graph.Add(graph.Sub(after, before), graph.Mul(exactly(s), tangent))
		return []*graph.Node{vector(graph.ReduceAllSum(losses), graph.ReduceAllSum(graph.Square(losses)), graph.ReduceAllSum(graph.Square(left)))}
	}
}

// deltas are tensors in the order of model.Variables.Trained as changes of the couplings.
func deltas(c model.Config, tensors []*graph.Node) []model.Delta {
	all := make([]model.Delta, c.Couplings())
	for i := range all {
		all[i].W, tensors = tensors[0], tensors[1:]
		if c.Bias {
			all[i].Bias, tensors = tensors[0], tensors[1:]
		}
	}
	return all
}

// exactly is a in Float64, so that the little that a loss changes by is not lost in it.
func exactly(a *graph.Node) *graph.Node { return graph.ConvertDType(a, dtypes.Float64) }

// vector stacks scalars as Float64.
func vector(scalars ...*graph.Node) *graph.Node {
	parts := make([]*graph.Node, len(scalars))
	for i, s := range scalars {
		parts[i] = graph.Reshape(exactly(s), 1)
	}
	return graph.Concatenate(parts, 0)
}
