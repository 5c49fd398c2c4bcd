// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"github.com/gomlx/gomlx/core/graph"

	"revgn/model"
)

// Prefix is a step from its beginning to the end of a phase, as a graph that can be timed: a step is one compiled graph, and what a phase takes of it shows in
// the difference between two prefixes.
type Prefix struct {
	Phase      string
	Operations float64 // of the phase alone, a part of Operations
	// Build adds the prefix to the graph of x (B, D) and labels (B) Int32 and returns results that cannot be had without all of it. It changes no variable.
	Build func(x, labels *graph.Node) []*graph.Node
}

// Prefixes lists the prefixes of a step on a batch of that size, each the beginning of the next:
//
//	forward      features, logits and the loss
//	pull-back    the wanted change and the target of every block; for the minimum norm the adjoint passes
//	gram         the systems' matrices
//	factor       their factors, and what is known of their spectra
//	solve        as many solves of the same sizes, each for its block's own target
//	tangents     ΔZ: the solves as the step makes them, with the tangents between them
//	certificate  what ΔZ achieves as far as its solves did not need it, and the certificate
//
// Only the split has them all. For the minimum norm solve is everything after the matrices, for a mix everything after the forward pass. What the whole step
// has beyond the last prefix is the update of the weights.
func (s *Step) Prefixes(batch int) []Prefix {
	o := s.Operations(batch)
	forward := Prefix{"forward", o.Forward, s.forwardPrefix}
	switch s.opts.Inverse {
	case MinNorm:
		return []Prefix{
			forward, {"pull-back", o.PullBack, s.adjointPrefix}, {"gram", o.Gram, s.kernelPrefix},
			{"solve", o.Factor + o.Solve + o.Tangents, s.changePrefix},
		}
	case Mix:
		return []Prefix{forward, {"solve", o.Total() - o.Forward, s.changePrefix}}
	}
	return []Prefix{
		forward, {"pull-back", o.PullBack, s.sweepPrefix(toTargets)}, {"gram", o.Gram, s.sweepPrefix(toMatrices)},
		{"factor", o.Factor, s.sweepPrefix(toFactors)}, {"solve", o.Solve, s.sweepPrefix(toSolutions)},
		{"tangents", o.Tangents, s.sweepPrefix(toTangents)}, {"certificate", 0, s.changePrefix},
	}
}

// begin evaluates the network and its loss.
func (s *Step) begin(x, labels *graph.Node) (*model.Trace, []*graph.Node) {
	trace := s.vars.Network(x.Graph()).At(x)
	return trace, []*graph.Node{s.opts.objective().Mean(trace.Logits, labels), trace.Logits}
}

func (s *Step) forwardPrefix(x, labels *graph.Node) []*graph.Node {
	_, results := s.begin(x, labels)
	return results
}

func (s *Step) adjointPrefix(x, labels *graph.Node) []*graph.Node {
	trace, results := s.begin(x, labels)
	return append(append(results, s.want(trace, labels).u), Cotangents(trace)...)
}

func (s *Step) kernelPrefix(x, labels *graph.Node) []*graph.Node {
	trace, results := s.begin(x, labels)
	p := s.newKernelProblem(trace, labels, s.want(trace, labels))
	results = append(results, p.rhs)
	for _, part := range p.parts {
		results = append(results, part.delta, part.gram)
	}
	return results
}

func (s *Step) changePrefix(x, labels *graph.Node) []*graph.Node {
	trace, results := s.begin(x, labels)
	change := s.Change(trace, labels)
	c := change.Certificate
	results = append(results, c.Stream, c.OnLogits, c.Gain, c.Change)
	for _, coupling := range c.Couplings {
		results = append(results, coupling.Rank, coupling.SigmaMax, coupling.SigmaMin, coupling.Residual)
	}
	return appendDeltas(results, change.Deltas)
}

// extent is how far a prefix of the sweep goes.
type extent int

const (
	toTargets extent = iota
	toMatrices
	toFactors
	toSolutions
	toTangents
)

// sweepPrefix ends inside the sweep of the split. The matrices do not depend on the targets, so that both are results.
func (s *Step) sweepPrefix(end extent) func(x, labels *graph.Node) []*graph.Node {
	return func(x, labels *graph.Node) []*graph.Node {
		trace, results := s.begin(x, labels)
		wanted := s.want(trace, labels)
		w := s.newSweep(trace, wanted)
		w.pullBack(wanted)
		for _, t := range w.targets {
			if t.A != nil {
				results = append(results, t.A, t.B)
			}
		}
		if end == toTargets {
			return results
		}
		systems := w.form()
		if end == toMatrices {
			for _, system := range systems {
				results = append(results, system.matrix, system.mu)
			}
			return results
		}
		w.factor(systems)
		for _, system := range systems {
			f := w.systems[system.coupling]
			results = append(results, f.spectrum.rank, f.spectrum.sigmaMax, f.spectrum.sigmaMin)
			if end == toFactors {
				results = append(results, f.inverse, f.matrix)
			}
		}
		switch end {
		case toSolutions:
			results = append(results, w.solveApart()...)
		case toTangents:
			w.up() // what ΔZ achieves is no result, so that only the certificate's phase pays for what nothing else needs
		}
		return appendDeltas(results, w.deltas)
	}
}

// solveApart solves for every coupling's target as it was pulled back, whatever the couplings below achieve, and returns what each achieves.
func (w *sweep) solveApart() []*graph.Node {
	var achieved []*graph.Node
	for l, t := range w.targets {
		if w.step.solves(l) {
			achieved = append(achieved, w.solveCoupling(2*l, t.A).achieved, w.solveCoupling(2*l+1, t.B).achieved)
		}
	}
	return achieved
}

// appendDeltas appends the parts that there are.
func appendDeltas(nodes []*graph.Node, deltas []model.Delta) []*graph.Node {
	for _, d := range deltas {
		for _, part := range []*graph.Node{d.W, d.Bias} {
			if part != nil {
				nodes = append(nodes, part)
			}
		}
	}
	return nodes
}
