// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"errors"
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"

	"revgn/internal/dense"
	"revgn/model"
)

// Options choose a member of the family of exact steps.
type Options struct {
	Loss       model.Loss
	Smoothing  float64   // of the labels, in [0, 1)
	Curvature  Curvature // H
	Lambda     float64   // λ > 0 of the damped curvature
	Inverse    Inverse
	Tau        float64   // of Mix
	Shares     []float64 // w_l of Split and Mix, one for each block, not negative, adding up to 1; nil: equal shares
	Solver     Solver
	Rtol, Atol float64 // of Spectral: singular values below max(Rtol·σmax, Atol) are dropped
	// Carry hands what a block cannot do of its share to the blocks above it, so that the split is exact as soon as the top block is.
	Carry bool
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
	return o
}

func (o Options) validate(blocks int) error {
	return errors.Join(checkShares(o.Shares, blocks), o.objective().Validate(), o.Curvature.validate(o.Lambda), o.Inverse.validate(o.Tau), o.Solver.validate(o.Inverse, o.Rtol, o.Atol))
}

// Step is the Gauss-Newton step of one network. It is a Stepper.
type Step struct {
	vars *model.Variables
	opts Options
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
	return &Step{vars: vars, opts: opts}, nil
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
	g := x.Graph()
	net := s.vars.Network(g)
	trace := net.At(x)
	change := s.Change(trace, labels)
	sound := graph.LessOrEqual(change.Certificate.Stream, graph.AddScalar(graph.ZerosLike(change.Certificate.Stream), absurd))
	finite, norm := s.apply(net, change.Deltas, lr, sound)
	return Outcome{
		Loss:        s.opts.objective().Mean(trace.Logits, labels),
		Accuracy:    model.Accuracy(trace.Logits, labels),
		StepNorm:    norm,
		Finite:      finite,
		Logits:      trace.Logits,
		Certificate: &change.Certificate,
	}
}

// Change is what a step would do to the weights: Z ← Z - αΔZ.
type Change struct {
	Deltas      []model.Delta // one for each coupling; a zero Delta (nil nodes) where it is left alone
	Certificate Certificate
}

// Change computes ΔZ and its certificate for a network evaluated on a batch, without touching the weights. α plays no part in it.
func (s *Step) Change(trace *model.Trace, labels *graph.Node) Change {
	u, clips := s.opts.Curvature.target(s.opts.objective(), s.opts.Lambda, trace.Logits, labels)
	wanted := lift(u, trace.Net.U)
	none := graph.Const(u.Graph(), int32(0))
	if s.opts.Inverse == Split {
		deltas, achieved, reports := s.split(trace, u, wanted)
		return Change{deltas, certify(trace, achieved, wanted, u).with(clips, none, reports)}
	}
	least := s.minNorm(trace, u)
	deltas, achieved := least.deltas, least.achieved
	var reports []CouplingReport
	if s.opts.Inverse == Mix {
		var split []model.Delta
		split, _, reports = s.split(trace, u, wanted)
		deltas = mixed(split, deltas, s.opts.Tau)
		achieved = trace.Tangent(nil, deltas)
	}
	certificate := certify(trace, achieved, wanted, u).with(clips, least.iterations, reports)
	// Off the readout the stream may move as it likes: only the logits are asked for.
	certificate.Stream = certificate.OnLogits
	return Change{deltas, certificate}
}

// lift is v = u Uᵀ, cut in halves.
func lift(u, readout *graph.Node) model.Stream {
	return model.Split(dense.TimesTransposed(u, readout))
}

// absurd is the certificate above which a step is not made: it would move the batch by ten times what was asked for, somewhere else. Only a solve that broke
// down comes there.
const absurd = 10

// apply writes Z - lr·ΔZ, or Z where the change is not sound or not finite, and returns whether it was made, and lr·‖ΔZ‖.
func (s *Step) apply(net *model.Network, deltas []model.Delta, lr, sound *graph.Node) (made, stepNorm *graph.Node) {
	squares := graph.ScalarZero(lr.Graph(), lr.DType())
	for _, delta := range deltas {
		for _, part := range []*graph.Node{delta.W, delta.Bias} {
			if part != nil {
				squares = graph.Add(squares, graph.ReduceAllSum(graph.Square(part)))
			}
		}
	}
	stepNorm = graph.Mul(lr, graph.Sqrt(squares))
	ok := graph.LogicalAnd(sound, graph.IsFinite(stepNorm))
	after := make([]model.Delta, len(deltas))
	for i, c := range net.Couplings() {
		after[i] = model.Delta{W: moved(c.W, deltas[i].W, lr, ok), Bias: moved(c.Bias, deltas[i].Bias, lr, ok)}
	}
	s.vars.Update(after)
	return graph.ConvertDType(ok, lr.DType()), stepNorm
}

// moved is z - lr·δ where ok, else z; z itself where nothing moves it.
func moved(z, delta, lr, ok *graph.Node) *graph.Node {
	if z == nil || delta == nil {
		return z
	}
	return graph.Where(ok, graph.Sub(z, graph.Mul(lr, delta)), z)
}
