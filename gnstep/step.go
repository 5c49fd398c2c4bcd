// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"errors"
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"

	"revgn/model"
)

// Options choose a member of the family of exact steps.
type Options struct {
	Loss       model.Loss
	Smoothing  float64   // of the labels, in [0, 1)
	Curvature  Curvature // H
	Lambda     float64   // λ > 0 of the damped curvature, H + λI
	Inverse    Inverse
	Tau        float64   // of Mix
	Shares     []float64 // w_l of Split and Mix, one for each block, not negative, adding up to 1; nil: equal shares
	Solver     Solver
	Rtol, Atol float64 // of Spectral: singular values below max(Rtol·σmax, Atol) are dropped
	// Carry hands what a block cannot do of its share to the blocks above it, so that the split is exact as soon as the top block is.
	Carry bool

	// What follows makes a step regularised: all but Spring approximate, by what the certificate shows.
	Damping    Damping
	Noise      float64 // relative norm of Gaussian noise on every coupling's solution
	Memory     Memory
	Beta       float64 // β of Memory, in [0, 1)
	LineSearch LineSearch
}

// DefaultOptions is the equal split with carrying, for cross-entropy with the identity curvature.
func DefaultOptions() Options {
	return Options{Loss: model.CrossEntropy, Curvature: IdentityCurvature, Inverse: Split, Carry: true}
}

// objective is the loss on the labels that the step sees.
func (o Options) objective() model.Objective {
	return model.Objective{Loss: o.Loss, Smoothing: o.Smoothing}
}

// withDefaults fills in what was left at its zero value.
func (o Options) withDefaults(blocks int) Options {
	if o.Shares == nil {
		o.Shares = EqualShares(blocks)
	}
	if o.Curvature == "" {
		o.Curvature = IdentityCurvature
	}
	if o.Inverse == "" {
		o.Inverse = Split
	}
	if o.Solver == "" {
		o.Solver = AutoSolver
	}
	if o.Damping.Schedule == "" {
		o.Damping.Schedule = FixedDamping
	}
	if o.Memory == "" {
		o.Memory = NoMemory
	}
	if o.LineSearch == "" {
		o.LineSearch = NoLineSearch
	}
	return o
}

func (o Options) validate(blocks int) error {
	return errors.Join(
		checkShares(o.Shares, blocks), o.objective().Validate(), o.Curvature.validate(o.Lambda), o.Inverse.validate(o.Tau), o.Solver.validate(o.Inverse, o.Rtol, o.Atol),
		o.Damping.validate(), checkNoise(o.Noise), o.Memory.validate(o.Beta), o.LineSearch.validate(o.Damping.Schedule), o.checkCutWithDamping(),
	)
}

// Step is the Gauss-Newton step of one network. It is a Stepper.
type Step struct {
	vars   *model.Variables
	opts   Options
	memory memory
}

// New checks the options and prepares what a step needs of the frozen weights, on the backend.
func New(backend compute.Backend, vars *model.Variables, opts Options) (*Step, error) {
	opts = opts.withDefaults(vars.Config.Blocks)
	if err := opts.validate(vars.Config.Blocks); err != nil {
		return nil, err
	}
	if err := freeze(backend, vars); err != nil {
		return nil, fmt.Errorf("preparing the Gauss-Newton step: %w", err)
	}
	memory, err := remember(vars, opts)
	if err != nil {
		return nil, fmt.Errorf("preparing the Gauss-Newton step: %w", err)
	}
	s := &Step{vars: vars, opts: opts, memory: memory}
	if s.pullsBackThroughTop() {
		if err := freezeNorm(backend, vars); err != nil {
			return nil, fmt.Errorf("preparing the Gauss-Newton step: %w", err)
		}
	}
	return s, nil
}

// Solved lists the couplings that a step solves for one by one, in the order of Certificate.Couplings; none for the minimum norm.
func (s *Step) Solved() []string {
	var names []string
	if s.opts.Inverse == MinNorm {
		return names
	}
	for l := range s.opts.Shares {
		if s.solves(l) {
			names = append(names, model.CouplingName(2*l), model.CouplingName(2*l+1))
		}
	}
	return names
}

// solves tells whether block l changes: it has a share of its own, or carries what lies below.
func (s *Step) solves(l int) bool {
	if s.opts.Carry {
		return s.cumulative(l) > 0
	}
	return s.opts.Shares[l] > 0
}

// anyChangeBelow tells whether a block below l changes, so that a tangent arrives at l and its target is pulled back through l.
func (s *Step) anyChangeBelow(l int) bool {
	for j := range l {
		if s.solves(j) {
			return true
		}
	}
	return false
}

// cumulative is Σ_{j<=l} w_j.
func (s *Step) cumulative(l int) float64 {
	var sum float64
	for _, w := range s.opts.Shares[:l+1] {
		sum += w
	}
	return sum
}

// Build adds the step to the graph (Stepper).
func (s *Step) Build(x, labels, lr *graph.Node) Outcome {
	net := s.vars.Network(x.Graph())
	trace := net.At(x)
	a := &attempt{
		step: s, x: x, labels: labels, lr: lr, trace: trace, net: net,
		loss: s.opts.objective().Mean(trace.Logits, labels), change: s.Change(trace, labels),
	}
	a.measure()
	norm, trust := a.make()
	s.memory.keep(a)
	return Outcome{
		Loss:        a.loss,
		Accuracy:    model.Accuracy(trace.Logits, labels),
		StepNorm:    norm,
		Finite:      graph.ConvertDType(a.sound, lr.DType()),
		Logits:      trace.Logits,
		Certificate: &a.change.Certificate,
		Trust:       trust,
	}
}

// Change is what a step would do to the weights: Z ← Z - αΔZ.
type Change struct {
	Deltas      []model.Delta // one for each coupling; a zero Delta (nil nodes) where it is left alone
	Certificate Certificate

	core  *graph.Node // the certificate's Stream before a heavy ball and noise were added
	floor *graph.Node // the least λ that makes a difference, nil for none
}

// Change computes ΔZ and its certificate for a network evaluated on a batch, without touching the weights. α plays no part in it.
func (s *Step) Change(trace *model.Trace, labels *graph.Node) Change {
	w := s.want(trace, labels)
	deltas, achieved, found := s.invert(trace, labels, w)
	solvedFor := achieved
	if w.kept != nil {
		deltas, achieved = added(deltas, w.kept.deltas), achieved.Plus(w.kept.tangent)
	}
	if s.opts.Noise > 0 {
		noise := s.noise(w.u.Graph(), deltas)
		deltas, achieved = added(deltas, noise), achieved.Plus(trace.Tangent(nil, noise))
	}
	c := s.certify(trace, achieved, w).allowing(found.omitted, trace, w)
	c.Iterations, c.Couplings = found.iterations, found.couplings
	return Change{deltas, c, s.core(trace, solvedFor, w, c, found.omitted), found.floor}
}

// core is the certificate c, and where a heavy ball or noise was added that of the change without them.
func (s *Step) core(trace *model.Trace, achieved model.Stream, w *wanted, c Certificate, omitted *graph.Node) *graph.Node {
	if s.opts.Noise == 0 && s.opts.Memory != HeavyBall {
		return c.Stream
	}
	if s.opts.Memory == Spring {
		achieved = achieved.Plus(w.kept.tangent)
	}
	return s.certify(trace, achieved, w).allowing(omitted, trace, w).Stream
}
