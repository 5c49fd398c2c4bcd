// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"

	"revgn/internal/dense"
	"revgn/model"
)

// stage is one graph of a staged step. All blocks of one kind share it, so their weights are inputs.
type stage struct {
	what    stageKind
	act     model.Activation // of the block's couplings
	arrives bool             // of stageSolve: a tangent arrives from below
	pushed  bool             // of stageGram: the target is given at the block's input and goes on to its output
}

type stageKind string

const (
	stageSplit   stageKind = "split"   // batch to stream
	stageForward stageKind = "forward" // stream through a block
	stageTarget  stageKind = "target"  // stream after the last block to logits and what is wanted of them
	stageDown    stageKind = "down"    // stream and target from a block's output to its input
	stageGram    stageKind = "gram"    // a block's systems
	stageFactor  stageKind = "factor"  // their inverse factors
	stageSolve   stageKind = "solve"   // a block's change, and what goes on upwards
	stagePass    stageKind = "pass"    // the same for a block that is left alone
	stageCompare stageKind = "compare" // a stream as it was rebuilt with what it was
	stageCertify stageKind = "certify" // the certificate
	stageUpdate  stageKind = "update"  // new weights
)

// reader takes a stage's inputs one after the other.
type reader struct{ rest []*graph.Node }

func (r *reader) next() *graph.Node {
	n := r.rest[0]
	r.rest = r.rest[1:]
	return n
}

func (r *reader) stream() model.Stream { return model.Stream{A: r.next(), B: r.next()} }

// block reads the weights of a block, in the order of stagedRun.weights.
func (r *reader) block(act model.Activation, bias bool) model.Block {
	coupling := func() *model.Coupling {
		c := &model.Coupling{Act: act, C: r.next(), W: r.next()}
		if bias {
			c.Bias = r.next()
		}
		return c
	}
	return model.Block{F: coupling(), G: coupling()}
}

// frozen reads the factors of a coupling that has them.
func (r *reader) frozen(of form) frozenNodes {
	if of != identityForm {
		return frozenNodes{}
	}
	return frozenNodes{upper: r.next(), inverse: r.next()}
}

// describe says what the stage does, for progress.
func (s stage) describe(l int) string {
	switch s.what {
	case stageSplit, stageTarget, stageCompare, stageCertify, stageUpdate:
		return string(s.what)
	}
	return fmt.Sprintf("%s of block %d", s.what, l)
}

// graph is the stage's function on its inputs.
func (s *Staged) graph(of stage) func([]*graph.Node) []*graph.Node {
	build := map[stageKind]func(*blockStep, *reader) []*graph.Node{
		stageSplit: (*blockStep).split, stageCompare: (*blockStep).compare, stageForward: (*blockStep).forward, stageDown: (*blockStep).down, stageGram: (*blockStep).gram, stageFactor: (*blockStep).factor,
		stageSolve: (*blockStep).solve, stagePass: (*blockStep).pass, stageTarget: (*blockStep).target, stageCertify: (*blockStep).certify, stageUpdate: (*blockStep).update,
	}[of.what]
	return func(inputs []*graph.Node) []*graph.Node {
		return build(&blockStep{Step: s.step.alone(of.act), stage: of, batch: s.batch}, &reader{inputs})
	}
}

// alone is the step of a network of one block, which is asked for the whole of its target.
func (s *Step) alone(act model.Activation) *Step {
	c := s.vars.Config
	c.Blocks, c.FirstActivation, c.Activation = 1, act, act
	o := s.opts
	o.Shares = []float64{1}
	return &Step{vars: &model.Variables{Config: c}, opts: o}
}

// blockStep builds the stages of one block.
type blockStep struct {
	*Step
	stage
	batch int
}

func (b *blockStep) block(in *reader) model.Block { return in.block(b.act, b.vars.Config.Bias) }

// cut is where the systems are truncated, nil for nowhere.
func (b *blockStep) cut() *cut {
	return b.opts.cutOf(b.vars.Config.DType, b.batch, b.vars.Config.Hidden)
}

func (b *blockStep) split(in *reader) []*graph.Node {
	x := model.Split(in.next())
	return []*graph.Node{x.A, x.B}
}

// compare returns the packed ‖a - b‖/‖b‖.
func (b *blockStep) compare(in *reader) []*graph.Node {
	a, c := in.stream(), in.stream()
	return []*graph.Node{packed(dense.Ratio(graph.Sqrt(a.Minus(c).SquaredNorm()), graph.Sqrt(c.SquaredNorm())))}
}

func (b *blockStep) forward(in *reader) []*graph.Node {
	x := in.stream()
	y := b.block(in).At(x).Y
	return []*graph.Node{y.A, y.B}
}

// target returns the packed loss, accuracy and clips; ‖u‖, u, v and the logits.
func (b *blockStep) target(in *reader) []*graph.Node {
	y := in.stream()
	net := &model.Network{U: in.next()}
	labels := in.next()
	logits := net.Readout(y)
	u, clips := b.opts.Curvature.target(b.opts.objective(), b.opts.Lambda, logits, labels)
	v := net.Lift(u)
	return []*graph.Node{
		packed(b.opts.objective().Mean(logits, labels), model.Accuracy(logits, labels), clips), dense.Norm(u), u, v.A, v.B, logits,
	}
}

// down rebuilds the block's input from its output, and pulls the target back.
func (b *blockStep) down(in *reader) []*graph.Node {
	y, t := in.stream(), in.stream()
	x, target := b.block(in).Undo(y, t)
	return []*graph.Node{x.A, x.B, target.A, target.B}
}

// gram returns matrix and level of F's system and of G's, and the target at the block's output if it was given at the input.
func (b *blockStep) gram(in *reader) []*graph.Node {
	x := in.stream()
	point := b.block(in).At(x)
	var out []*graph.Node
	for i, p := range []*model.Point{point.F, point.G} {
		n := b.newNormal(i, p, in.frozen(formOf(b.vars.Config, i, b.batch)))
		out = append(out, n.matrix, n.mu)
	}
	if b.pushed {
		t := point.Tangent(in.stream())
		out = append(out, t.A, t.B)
	}
	return out
}

// factor returns inverse factors, with a cut projectors too, and the packed spectra.
func (b *blockStep) factor(in *reader) []*graph.Node {
	systems := []*normal{{coupling: 0, matrix: in.next(), mu: in.next()}, {coupling: 1, matrix: in.next(), mu: in.next()}}
	done := factorAll(systems, b.cut())
	var out, numbers []*graph.Node
	for i := range systems {
		out = append(out, done[i].inverse)
		if done[i].projector != nil {
			out = append(out, done[i].projector)
		}
		numbers = append(numbers, done[i].spectrum.rank, done[i].spectrum.sigmaMax, done[i].spectrum.sigmaMin)
	}
	return append(out, packed(numbers...))
}

// solve returns the stream and its tangent after the block, the packed residuals, passes and ‖ΔZ‖², and ΔZ.
func (b *blockStep) solve(in *reader) []*graph.Node {
	x, t, share, scale := in.stream(), in.stream(), in.next(), in.next()
	var s model.Stream
	if b.arrives {
		s = in.stream()
	}
	point := b.block(in).At(x)
	w := &sweep{step: b.Step, trace: &model.Trace{Blocks: []*model.BlockPoint{point}}, scale: scale, deltas: make([]model.Delta, 2), systems: b.systems(in, point)}
	out := []*graph.Node{point.Y.A, point.Y.B}
	w.targets = []model.Stream{{A: graph.Mul(share, t.A), B: graph.Mul(share, t.B)}}
	s = w.solveBlock(0, s)
	var numbers []*graph.Node
	for _, r := range w.reports {
		numbers = append(numbers, r.Residual, r.Refinements)
	}
	out = append(out, s.A, s.B)
	out = append(out, packed(append(numbers, model.SquaredNorm(w.deltas))...))
	return appendDeltas(out, w.deltas)
}

// systems puts the factored systems together again.
func (b *blockStep) systems(in *reader, point *model.BlockPoint) map[int]*factored {
	systems := map[int]*factored{}
	for i, p := range []*model.Point{point.F, point.G} {
		n := b.unformed(i, p, in.frozen(formOf(b.vars.Config, i, b.batch)))
		n.matrix, n.mu = in.next(), in.next()
		systems[i] = &factored{normal: n, inverse: in.next()}
		if b.cut() != nil {
			systems[i].projector = in.next()
		}
	}
	return systems
}

// pass is solve for a block that is left alone.
func (b *blockStep) pass(in *reader) []*graph.Node {
	x, t, s := in.stream(), in.stream(), in.stream()
	point := b.block(in).At(x)
	t, s = point.Tangent(t), point.Tangent(s)
	return []*graph.Node{point.Y.A, point.Y.B, s.A, s.B, t.A, t.B}
}

// certify returns the packed certificate, and the change of the logits.
func (b *blockStep) certify(in *reader) []*graph.Node {
	achieved, v, u := in.stream(), in.stream(), in.next()
	trace := &model.Trace{Net: &model.Network{U: in.next()}}
	c := b.Step.certify(trace, achieved, &wanted{u: u, v: v, clips: u})
	return []*graph.Node{packed(c.Stream, c.OnLogits, c.Gain), c.Change}
}

// update is Z - α ΔZ of one tensor.
func (b *blockStep) update(in *reader) []*graph.Node {
	z, delta, rate := in.next(), in.next(), in.next()
	return []*graph.Node{graph.Sub(z, graph.Mul(rate, delta))}
}
