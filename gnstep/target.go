// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"fmt"
	"math"
	"strings"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"

	"revgn/model"
)

// Curvature is the H in u = H⁺ε, the wanted change of the logits (docs/mathematics.md, section 2).
type Curvature string

const (
	// IdentityCurvature takes H as I: u = ε. What the paper's experiments run.
	IdentityCurvature Curvature = "identity"
	// ExactCurvature is the loss's own: for cross-entropy H = diag(p) - ppᵀ, whose null space is span(1), and
	// u_k = mean_j(y_j/p_j) - y_k/p_k. 1/p is cut at a bound beyond which squares overflow, 1e15 in Float32 and 1e150 in Float64; the cuts are counted.
	ExactCurvature Curvature = "exact"
	// DampedCurvature is H + λI per sample, without cancellation: u = D⁻¹ε + D⁻¹p (pᵀD⁻¹ε)/s, D = diag(p + λ), s = λ Σ p_k/(p_k + λ).
	DampedCurvature Curvature = "damped"
)

// Curvatures lists the curvatures there are.
func Curvatures() []Curvature {
	return []Curvature{IdentityCurvature, ExactCurvature, DampedCurvature}
}

// validate returns an error if the curvature is none, or λ does not suit it.
func (c Curvature) validate(lambda float64) error {
	switch c {
	case IdentityCurvature, ExactCurvature:
		return nil
	case DampedCurvature:
		if lambda > 0 && !math.IsInf(lambda, 0) {
			return nil
		}
		return fmt.Errorf("curvature damped needs a damping above 0, got %g", lambda)
	}
	names := make([]string, 0, len(Curvatures()))
	for _, known := range Curvatures() {
		names = append(names, string(known))
	}
	return fmt.Errorf("unknown curvature %q (allowed: %s)", string(c), strings.Join(names, ", "))
}

// clipBound is the largest 1/p that the exact curvature uses.
func clipBound(dtype dtypes.DType) float64 {
	if dtype == dtypes.Float64 {
		return 1e150
	}
	return 1e15
}

// target is u (B, K) for logits (B, K) and labels (B), and the number of entries that were cut.
func (c Curvature) target(objective model.Objective, lambda float64, logits, labels *graph.Node) (u, clips *graph.Node) {
	residual := objective.Residual(logits, labels)
	none := graph.ScalarZero(logits.Graph(), logits.DType())
	switch {
	case c == IdentityCurvature:
		return residual, none
	case objective.Loss == model.SquaredError: // H = I
		if c == DampedCurvature {
			residual = graph.DivScalar(residual, 1+lambda)
		}
		return residual, none
	case c == DampedCurvature:
		return dampedTarget(residual, graph.Softmax(logits, 1), lambda), none
	}
	return exactTarget(objective.Targets(logits, labels), graph.LogSoftmax(logits, 1))
}

// exactTarget is u_k = mean_j(y_j/p_j) - y_k/p_k from log p, which keeps p that are far below the smallest number of the dtype.
func exactTarget(y, logP *graph.Node) (u, clips *graph.Node) {
	bound := math.Log(clipBound(logP.DType()))
	cut := graph.LogicalAnd(graph.LessThan(logP, graph.AddScalar(graph.ZerosLike(logP), -bound)), graph.GreaterThan(y, graph.ZerosLike(y)))
	odds := graph.Mul(y, graph.Exp(graph.MinScalar(graph.Neg(logP), bound)))
	mean := graph.ReduceAndKeep(odds, graph.ReduceMean, 1)
	return graph.Sub(mean, odds), graph.ReduceAllSum(graph.ConvertDType(cut, logP.DType()))
}

// dampedTarget is (H + λI)⁻¹ε for H = diag(p) - ppᵀ.
func dampedTarget(residual, p *graph.Node, lambda float64) *graph.Node {
	direct, along := dampedInverse(p, lambda)
	return graph.Add(graph.Mul(direct, residual), graph.Mul(along, rowDots(along, residual)))
}

// dampedInverse is (H + λI)⁻¹ = diag(direct) + along·alongᵀ a sample, for p (B, K): direct = 1/(p+λ), along = p/(p+λ)/√s, s = λ Σ p_k/(p_k+λ). No part of it
// cancels.
func dampedInverse(p *graph.Node, lambda float64) (direct, along *graph.Node) {
	direct = graph.Reciprocal(graph.AddScalar(p, lambda))
	share := graph.Mul(p, direct)
	s := graph.MulScalar(graph.ReduceAndKeep(share, graph.ReduceSum, 1), lambda)
	return direct, graph.Div(share, graph.Sqrt(s))
}
