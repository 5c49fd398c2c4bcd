// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"fmt"
	"math"

	"github.com/gomlx/gomlx/core/graph"

	"revgn/internal/dense"
)

// Damping is Tikhonov's: λI is added to every system that is solved, ΦΦᵀ of a coupling or the kernel Θ, so that directions with σ² below it are left out in
// part and the step is an approximation. The zero value damps nothing.
//
// It is the λ of mean loss + ½λ‖ΔZ‖² where Relative is false, so that B·λ is added; where it is true, λ is a share of the mean of the system's diagonal over
// the samples. A coupling's system is never damped by less than the level that it is filtered with (docs/mathematics.md, section 4). Together with MinNorm it is the damped step Jᵀ(HΘ + BλI)⁻¹ε of exact Gauss-Newton (arXiv 2405.14402).
type Damping struct {
	Value    float64
	Relative bool
	Schedule Schedule
}

// Schedule tells how λ goes on from step to step.
type Schedule string

const (
	// FixedDamping keeps λ.
	FixedDamping Schedule = "fixed"
	// LMDamping is the rule of LevenbergMarquardt: λ follows the gain ratio, and a step that would raise the loss is not made.
	LMDamping Schedule = "lm"
)

// Schedules lists the schedules there are.
func Schedules() []Schedule { return []Schedule{FixedDamping, LMDamping} }

func (d Damping) validate() error {
	switch {
	case !(d.Value >= 0) || math.IsInf(d.Value, 0):
		return fmt.Errorf("damping %g: must be finite and not negative", d.Value)
	case d.Schedule != "" && d.Schedule != FixedDamping && d.Schedule != LMDamping:
		return fmt.Errorf("unknown damping schedule %q (allowed: %s, %s)", string(d.Schedule), FixedDamping, LMDamping)
	case d.Schedule == LMDamping && d.Value == 0:
		return fmt.Errorf("damping schedule %s needs a damping above 0 to start from, such as 1e-3", LMDamping)
	case d.Schedule == LMDamping && (d.Value < LeastDamping || d.Value > MostDamping):
		return fmt.Errorf("damping %g with schedule %s: must lie between %g and %g", d.Value, LMDamping, LeastDamping, MostDamping)
	}
	return nil
}

// lambdaOf is the λ at which level is mu.
func (d Damping) lambdaOf(mu, meanDiagonal *graph.Node, batch int) *graph.Node {
	if d.Relative {
		return graph.Div(mu, dense.OrOne(meanDiagonal))
	}
	return graph.DivScalar(mu, float64(batch))
}

// level is what is added to the diagonal of a system whose diagonal has the given mean over B samples; lambda is λ as it stands.
func (d Damping) level(lambda, meanDiagonal *graph.Node, batch int) *graph.Node {
	lambda = graph.ConvertDType(lambda, meanDiagonal.DType())
	if d.Relative {
		return graph.Mul(lambda, meanDiagonal)
	}
	return graph.MulScalar(lambda, float64(batch))
}
