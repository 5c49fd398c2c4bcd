// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"

	"revgn/internal/dense"
	"revgn/model"
)

// PredictedChange is the change of the batch's mean loss, a scalar, that its quadratic model predicts where the logits (B, K) move by dz (B, K):
//
//	mean over samples of <ε, dz> + ½ dzᵀ H dz
//
// with the loss's own curvature H, whatever curvature a step used to find dz.
func PredictedChange(objective model.Objective, logits, labels, dz *graph.Node) *graph.Node {
	slope := graph.ReduceAllSum(graph.Mul(objective.Residual(logits, labels), dz))
	squares := graph.Square(dz)
	bend := graph.ReduceAllSum(squares)
	if objective.Loss == model.CrossEntropy { // dzᵀ(diag(p) - ppᵀ)dz
		p := graph.Softmax(logits, 1)
		mean := graph.ReduceSum(graph.Mul(p, dz), 1)
		bend = graph.Sub(graph.ReduceAllSum(graph.Mul(p, squares)), graph.ReduceAllSum(graph.Square(mean)))
	}
	return graph.DivScalar(graph.Add(slope, graph.MulScalar(bend, 0.5)), float64(dz.Shape().Dim(0)))
}

// The rule of Levenberg and Marquardt, by the ratio of the actual to the predicted change of the loss: above ratioGood λ falls, below ratioPoor it grows, and
// where the loss does not fall the change is not made and λ grows faster.
const (
	ratioGood, ratioPoor = 0.75, 0.25
	dampingFactor        = 1.5
	rejectionFactor      = 4
)

// LeastDamping and MostDamping bound λ, however often it falls or grows, so that the numbers made of it are finite and not zero in Float32 too.
const LeastDamping, MostDamping = 1e-15, 1e15

// LevenbergMarquardt judges a change by the loss before it, after it, and the change that was predicted: whether it is accepted (Bool), the ratio of actual
// to predicted change (0 where none was predicted), and the λ of the next step, from LeastDamping to MostDamping. Where no change is predicted that the rounding of the
// loss would show, as by a step of length zero, it is accepted and λ stays.
func LevenbergMarquardt(lambda, before, after, predicted *graph.Node) (accepted, ratio, next *graph.Node) {
	actual := graph.Sub(after, before)
	rounding := graph.MulScalar(graph.Abs(before), 4*epsilon(before.DType()))
	none := graph.LessOrEqual(graph.Abs(predicted), rounding)
	ratio = graph.Where(none, graph.ZerosLike(actual), graph.Div(actual, dense.OrOne(predicted)))
	at := func(v float64) *graph.Node { return graph.AddScalar(graph.ZerosLike(ratio), v) }
	fell := graph.LessThan(actual, graph.ZerosLike(actual)) // false for a loss that is not a number
	accepted = graph.LogicalOr(none, fell)
	factor := graph.Where(graph.GreaterThan(ratio, at(ratioGood)), at(1/dampingFactor),
		graph.Where(graph.LessThan(ratio, at(ratioPoor)), at(dampingFactor), at(1)))
	factor = graph.Where(fell, factor, at(rejectionFactor))
	return accepted, ratio, graph.Where(none, lambda, graph.ClipScalar(graph.Mul(lambda, factor), LeastDamping, MostDamping))
}

// epsilon is the spacing of the dtype at 1.
func epsilon(dtype dtypes.DType) float64 {
	if dtype == dtypes.Float64 {
		return 0x1p-52
	}
	return 0x1p-23
}
