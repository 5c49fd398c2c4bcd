// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"github.com/gomlx/compute/dtypes"
	"gonum.org/v1/gonum/mat"

	"revgn/internal/oracle"
)

// reference is what the oracle says of a problem.
type reference struct {
	trace      *oracle.Trace
	jacobian   *mat.Dense   // of the stream by all weights, (BD, P)
	gradient   *mat.Dense   // ε (B, K)
	loss       float64      //
	step       *oracle.Step // with the filter of section 4 in every coupling
	projection *oracle.Step // with the pseudo-inverse in every coupling; nil where no coupling projects
}

// The filter of section 4, as docs/mathematics.md states it: the level ρ by dtype, and the passes of the column and the identity form.
const (
	levelRows64, levelOthers64, level32 = 1e-13, 1e-10, 1e-5
	fixedPasses                         = 2
)

// refer computes the reference of an observation. Of the observation it takes the number of refinements of the row form alone.
func refer(o *observation) (*reference, error) {
	r := &reference{trace: o.net.Trace(o.x)}
	r.jacobian, _ = o.net.DenseJacobian(o.x)
	loss := string(o.problem.Loss)
	targets, err := oracle.OneHot(o.y, o.problem.Classes)
	if err != nil {
		return nil, err
	}
	if r.loss, err = oracle.Loss(loss, r.trace.Logits, targets); err != nil {
		return nil, err
	}
	if r.gradient, err = oracle.Gradient(loss, r.trace.Logits, targets); err != nil {
		return nil, err
	}
	opts := oracle.Options{Loss: loss, Weights: o.problem.Shares, Carry: !o.problem.Plain}
	if o.problem.projects() {
		if r.projection, err = o.net.SplitStep(o.x, o.y, opts); err != nil {
			return nil, err
		}
	}
	opts.SolverFor = func(c int, _ *mat.Dense) oracle.Solver {
		if o.problem.form(c) == rowForm {
			return oracle.PseudoInverse(oracle.EpsCut)
		}
		return func(phi, t *mat.Dense) (*mat.Dense, oracle.Solved, error) {
			return oracle.IteratedTikhonov(phi, t, o.mu(phi, c), fixedPasses)
		}
	}
	r.step, err = o.net.SplitStep(o.x, o.y, opts)
	return r, err
}

// mu is the level of the filter for Φ of coupling c: μ = ρ·mean(diag ΦΦᵀ).
func (o *observation) mu(phi *mat.Dense, c int) float64 {
	level := levelOthers64
	switch {
	case o.dtype == dtypes.Float32:
		level = level32
	case o.problem.form(c) == rowForm:
		level = levelRows64
	}
	samples, _ := phi.Dims()
	norm := mat.Norm(phi, 2)
	return level * norm * norm / float64(samples)
}

// achieved is JΔZ on the stream, by the dense Jacobian.
func (r *reference) achieved(o *observation) *mat.Dense {
	out := mat.NewDense(o.problem.Batch, o.problem.Width, nil)
	flat := mat.NewVecDense(o.net.Params(), o.net.Flatten(o.dZ))
	mat.NewVecDense(len(out.RawMatrix().Data), out.RawMatrix().Data).MulVec(r.jacobian, flat)
	return out
}

// transposed is Jᵀg for a cotangent of the logits, a coupling each, by the dense Jacobian.
func (r *reference) transposed(o *observation, g *mat.Dense) []*mat.Dense {
	var p mat.VecDense
	lifted := oracle.Vec(o.net.Lift(g))
	p.MulVec(r.jacobian.T(), mat.NewVecDense(len(lifted), lifted))
	return o.net.Unflatten(p.RawVector().Data)
}
