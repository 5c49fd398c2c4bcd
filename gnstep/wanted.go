// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"github.com/gomlx/gomlx/core/graph"

	"revgn/internal/dense"
	"revgn/model"
)

// wanted is what a step is asked for, JΔZ = v on the stream or JΔZ U = u on the logits, and what a remembered change already does of it.
type wanted struct {
	u, clips *graph.Node  // (B, K), and the number of its entries that were cut
	v        model.Stream // u lifted, (B, d) each
	kept     *remembered  // nil where nothing is remembered
	restU    *graph.Node  // what is left to find a change for: u, for Spring less what is kept
	restV    model.Stream
	lifted   bool  // whether restV is restU lifted
	modulo   *root // directions of the logits that the curvature sees, nil for all: the logits are asked for up to the others
}

// want is the target of the step on a batch.
func (s *Step) want(trace *model.Trace, labels *graph.Node) *wanted {
	u, clips := s.opts.Curvature.target(s.opts.objective(), s.opts.Lambda, trace.Logits, labels)
	w := &wanted{u: u, clips: clips, v: trace.Net.Lift(u), kept: s.recall(trace), lifted: true}
	w.restU, w.restV = w.u, w.v
	if s.opts.Memory == Spring {
		w.restU = graph.Sub(u, trace.Net.Readout(w.kept.tangent))
		w.restV = w.v.Minus(w.kept.tangent)
		w.lifted = false
	}
	if s.asksModuloNull() {
		w.modulo = nullComplement(u)
	}
	return w
}

// asksModuloNull tells whether the logits are asked for only up to the null space of the curvature, span(1): HJΔZ = ε says no more, and of the inverses those
// that hold the logits alone make use of it (docs/mathematics.md, section 5).
func (s *Step) asksModuloNull() bool {
	return s.opts.Inverse != Split && s.opts.Curvature == ExactCurvature && s.opts.Loss == model.CrossEntropy
}

// invert finds a change for what is left to do, and what it achieves on the stream.
func (s *Step) invert(trace *model.Trace, labels *graph.Node, w *wanted) ([]model.Delta, model.Stream, findings) {
	none := graph.Const(w.u.Graph(), int32(0))
	if s.opts.Inverse == Split {
		deltas, achieved, found := s.split(trace, w)
		found.iterations = none
		return deltas, achieved, found
	}
	least := s.minNorm(trace, labels, w)
	if s.opts.Inverse == MinNorm {
		return least.deltas, least.achieved, findings{iterations: least.iterations}
	}
	split, _, found := s.split(trace, w)
	found.iterations, found.omitted = least.iterations, nil
	deltas := mixed(split, least.deltas, s.opts.Tau)
	return deltas, trace.Tangent(nil, deltas), found
}

// findings are what the solvers have to report.
type findings struct {
	iterations *graph.Node
	couplings  []CouplingReport
	floor      *graph.Node // the least λ that makes a difference to a coupling, nil without damping
	omitted    *graph.Node // no less than the norm of what the tangent on the stream leaves out, nil for nothing
}

// allowing is the certificate of a tangent that leaves out something of the norm omitted on the stream, or less: no smaller than the whole one's. The readout
// has orthonormal columns, times the output scale.
func (c Certificate) allowing(omitted *graph.Node, trace *model.Trace, w *wanted) Certificate {
	if omitted == nil {
		return c
	}
	c.Stream = graph.Add(c.Stream, dense.Ratio(omitted, graph.Sqrt(w.v.SquaredNorm())))
	c.OnLogits = graph.Add(c.OnLogits, dense.Ratio(graph.MulScalar(omitted, trace.Net.OutputScale()), dense.Norm(w.u)))
	return c
}

// certify compares what a change achieves on the stream, JΔZ, with what was wanted (docs/mathematics.md, section 7).
func (s *Step) certify(trace *model.Trace, achieved model.Stream, w *wanted) Certificate {
	change := trace.Net.Readout(achieved)
	off := graph.Sub(change, w.u)
	if w.modulo != nil {
		off = w.modulo.times(off)
	}
	c := Certificate{
		OnLogits: dense.Ratio(dense.Norm(off), dense.Norm(w.u)),
		Gain:     dense.Ratio(achieved.Dot(w.v), w.v.SquaredNorm()),
		Change:   change,
		Clips:    w.clips,
	}
	// Off the readout the stream may move as it likes where only the logits are asked for.
	c.Stream = c.OnLogits
	if s.opts.Inverse == Split {
		c.Stream = dense.Ratio(graph.Sqrt(achieved.Minus(w.v).SquaredNorm()), graph.Sqrt(w.v.SquaredNorm()))
	}
	return c
}
