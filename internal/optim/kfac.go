// SPDX-License-Identifier: Apache-2.0

package optim

import (
	"fmt"

	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"revgn/gnstep"
	"revgn/internal/dense"
	"revgn/model"
)

// kfac preconditions the gradient of every coupling by Kronecker's factors of the Gauss-Newton matrix (Martens and Grosse, 2015, arXiv 1503.05671), scales
// the change to the minimiser of the quadratic model along it, and makes it where the loss falls. It is a Stepper.
type kfac struct {
	vars      *model.Variables
	objective model.Objective
	lambda    *gomlx.Variable
}

func newKFAC(vars *model.Variables, objective model.Objective, lambda float64) (*kfac, error) {
	if !(lambda >= gnstep.LeastDamping && lambda <= gnstep.MostDamping) {
		return nil, fmt.Errorf("kfac damping %g: must lie between %g and %g", lambda, gnstep.LeastDamping, gnstep.MostDamping)
	}
	initial, err := tensors.FromAnyValue(shapes.CastAsDType(lambda, vars.Config.DType))
	if err != nil {
		return nil, err
	}
	v, err := vars.Store.CreateVariable(gnstep.StateScope+"kfac/damping", initial)
	if err != nil {
		return nil, err
	}
	return &kfac{vars, objective, v.SetTrainable(false)}, nil
}

// Layout is that of a step that watches the loss (gnstep.Stepper).
func (k *kfac) Layout() gnstep.Layout { return gnstep.Layout{Trusted: true} }

// Build adds one step to the graph (gnstep.Stepper).
func (k *kfac) Build(x, labels, lr *graph.Node) gnstep.Outcome {
	g := x.Graph()
	net := k.vars.Network(g)
	trace := net.At(x)
	loss := k.objective.Mean(trace.Logits, labels)
	lambda := k.lambda.NodeValue(g)

	deltas := k.precondition(trace, labels, lambda)
	squares := model.SquaredNorm(deltas)
	dz := net.Readout(trace.Tangent(nil, deltas))
	rate := graph.Mul(lr, k.scale(trace.Logits, labels, dz, graph.Mul(lambda, squares)))
	norm := graph.Mul(graph.Abs(rate), graph.Sqrt(squares))
	finite := graph.IsFinite(norm)

	before := net.Weights()
	after := model.Moved(before, deltas, rate, finite)
	lossAfter := k.objective.Mean(net.With(after).At(x).Logits, labels)
	predicted := gnstep.PredictedChange(k.objective, trace.Logits, labels, graph.Neg(graph.Mul(rate, dz)))
	accepted, ratio, next := gnstep.LevenbergMarquardt(lambda, loss, lossAfter, predicted)
	taken := graph.LogicalAnd(finite, accepted)
	k.vars.Update(model.Moved(before, deltas, rate, taken))
	k.lambda.SetNodeValue(graph.Where(finite, next, lambda))

	made := graph.ConvertDType(taken, lr.DType())
	return gnstep.Outcome{
		Loss: loss, Accuracy: model.Accuracy(trace.Logits, labels),
		StepNorm: graph.Mul(made, norm), Finite: graph.ConvertDType(finite, lr.DType()), Logits: trace.Logits,
		Trust: &gnstep.Trust{Accepted: made, Ratio: ratio, Damping: lambda, Rate: rate},
	}
}

// scale is the s that minimises the quadratic model of the damped loss along a change -sΔZ that moves the logits by -s·dz:
//
//	loss - s<ε, dz> + ½s²(<dz, H dz> + λ‖ΔZ‖²),   both products means over samples; penalty is λ‖ΔZ‖²
//
// and 0 along no change.
func (k *kfac) scale(logits, labels, dz, penalty *graph.Node) *graph.Node {
	slope := graph.DivScalar(graph.ReduceAllSum(graph.Mul(k.objective.Residual(logits, labels), dz)), float64(dz.Shape().Dim(0)))
	bend := graph.MulScalar(graph.Sub(gnstep.PredictedChange(k.objective, logits, labels, dz), slope), 2)
	return dense.Ratio(slope, graph.Add(bend, penalty))
}
