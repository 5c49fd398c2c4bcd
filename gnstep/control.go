// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"

	"revgn/internal/dense"
	"revgn/model"
)

// LineSearch tells how far along its change a step goes.
type LineSearch string

const (
	// NoLineSearch goes lr.
	NoLineSearch LineSearch = "none"
	// Armijo goes the longest of searchTrials lengths, each half of the one before, at which the batch's loss falls by armijoShare of what its slope promises,
	// and nowhere if none does. The first length is lr times a share: 1 at the start, then twice what the last step took, up to 1, or an eighth of itself where
	// it took none, down to leastShare. A trial is a forward pass.
	Armijo LineSearch = "armijo"
)

const (
	armijoShare  = 1e-4
	searchTrials = 3
	leastShare   = 0x1p-16 // a length of which the loss still tells in Float32, so that the share can grow again
)

// LineSearches lists the line searches there are.
func LineSearches() []LineSearch { return []LineSearch{NoLineSearch, Armijo} }

func (l LineSearch) validate(schedule Schedule) error {
	switch {
	case l != NoLineSearch && l != Armijo:
		return fmt.Errorf("unknown line search %q (allowed: %s, %s)", string(l), NoLineSearch, Armijo)
	case l == Armijo && schedule == LMDamping:
		return fmt.Errorf("line search %s with damping schedule %s: each decides whether a step is made, use one of the two", l, schedule)
	}
	return nil
}

// absurd is the certificate above which a step is not made: it would move the batch by ten times what was asked for, somewhere else. Only a solve that broke
// down comes there.
const absurd = 10

// attempt is a change on its way into the weights.
type attempt struct {
	step          *Step
	x, labels, lr *graph.Node
	trace         *model.Trace
	net           *model.Network // before the step
	loss          *graph.Node    // of the batch before it
	change        Change
	length        *graph.Node // ‖ΔZ‖
	sound         *graph.Node // Bool: the change may be made
	taken         *graph.Node // Bool: it was made
}

// measure finds the length of the change, and whether it may be made: it is finite, and no solve broke down. Noise and a heavy ball, which may move the batch
// anywhere, come after that.
func (a *attempt) measure() {
	a.length = graph.Sqrt(model.SquaredNorm(a.change.Deltas))
	a.sound = graph.IsFinite(graph.Mul(a.lr, a.length))
	cert := a.change.core
	a.sound = graph.LogicalAnd(a.sound, graph.LessOrEqual(cert, graph.AddScalar(graph.ZerosLike(cert), absurd)))
}

// make writes the weights after the step and returns the length of the change made, and how the loss judged it (nil where it does not).
func (a *attempt) make() (stepNorm *graph.Node, trust *Trust) {
	switch {
	case a.step.opts.LineSearch == Armijo:
		return a.search()
	case a.step.opts.Damping.Schedule == LMDamping:
		return a.trust()
	}
	a.taken = a.sound
	a.write(a.lr, a.sound)
	return graph.Mul(a.lr, a.length), nil
}

// write sets the weights to Z - rate·ΔZ where ok holds, else to Z.
func (a *attempt) write(rate, ok *graph.Node) {
	a.step.vars.Update(model.Moved(a.net.Weights(), a.change.Deltas, rate, ok))
}

// lossAt is the batch's loss after a step of the length.
func (a *attempt) lossAt(rate *graph.Node) *graph.Node {
	after := model.Moved(a.net.Weights(), a.change.Deltas, rate, a.sound)
	return a.step.opts.objective().Mean(a.net.With(after).At(a.x).Logits, a.labels)
}

// trust makes the step where the loss falls, and adapts λ (LevenbergMarquardt).
func (a *attempt) trust() (*graph.Node, *Trust) {
	memory := a.step.memory
	lambda := memory.lambda.NodeValue(a.x.Graph())
	if a.change.floor != nil {
		lambda = graph.Max(lambda, a.change.floor)
	}
	dz := graph.Neg(graph.Mul(a.lr, a.change.Certificate.Change))
	predicted := PredictedChange(a.step.opts.objective(), a.trace.Logits, a.labels, dz)
	accepted, ratio, next := LevenbergMarquardt(lambda, a.loss, a.lossAt(a.lr), predicted)
	a.taken = graph.LogicalAnd(a.sound, accepted)
	a.write(a.lr, a.taken)
	memory.lambda.SetNodeValue(graph.Where(a.sound, next, memory.lambda.NodeValue(a.x.Graph())))
	made := graph.ConvertDType(a.taken, a.lr.DType())
	return graph.Mul(made, graph.Mul(a.lr, a.length)), &Trust{Accepted: made, Ratio: ratio, Damping: lambda, Rate: a.lr}
}

// search makes the longest of the steps that lower the loss enough.
func (a *attempt) search() (*graph.Node, *Trust) {
	memory := a.step.memory
	share := memory.share.NodeValue(a.x.Graph())
	zero := graph.ZerosLike(share)
	slope := a.slope()
	rate, next := zero, graph.MaxScalar(graph.MulScalar(share, 0x1p-3), leastShare)
	found, ratio := graph.LessThan(zero, zero), zero
	for trial := range searchTrials {
		part := graph.MulScalar(share, 1/float64(int(1)<<trial))
		length := graph.Mul(a.lr, part)
		fall, promised := graph.Sub(a.lossAt(length), a.loss), graph.Mul(length, slope)
		enough := graph.LessOrEqual(fall, graph.MulScalar(promised, armijoShare))
		first := graph.LogicalAnd(enough, graph.LogicalNot(found))
		rate = graph.Where(first, length, rate)
		next = graph.Where(first, graph.MinScalar(graph.MulScalar(part, 2), 1), next)
		ratio = graph.Where(first, dense.Ratio(fall, promised), ratio)
		found = graph.LogicalOr(found, enough)
	}
	a.taken = graph.LogicalAnd(a.sound, found)
	a.write(rate, a.taken)
	memory.share.SetNodeValue(graph.Where(a.sound, next, share))
	made := graph.ConvertDType(a.taken, a.lr.DType())
	return graph.Mul(made, graph.Mul(rate, a.length)), &Trust{Accepted: made, Ratio: ratio, Damping: zero, Rate: rate}
}

// slope is the derivative of the batch's loss along the change, <ε, -JΔZ> averaged over samples, and 0 where the change leads uphill.
func (a *attempt) slope() *graph.Node {
	residual := a.step.opts.objective().Residual(a.trace.Logits, a.labels)
	sum := graph.ReduceAllSum(graph.Mul(residual, a.change.Certificate.Change))
	return graph.MinScalar(graph.Neg(graph.DivScalar(sum, float64(residual.Shape().Dim(0)))), 0)
}
