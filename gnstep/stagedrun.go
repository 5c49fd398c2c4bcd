// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"math"

	"github.com/gomlx/gomlx/core/tensors"
)

// pair is a stream, a target or a tangent on the device, empty where both are nil.
type pair struct{ a, b *tensors.Tensor }

func (p pair) list() []*tensors.Tensor { return []*tensors.Tensor{p.a, p.b} }

// stagedRun is one staged step under way.
type stagedRun struct {
	*Staged
	owned
	dry       bool // whether graphs are compiled only
	x, labels *tensors.Tensor
	blocks    []blockTensors
	readout   *tensors.Tensor
	bottom    int // the first block that changes

	begin                   pair // the batch, cut in halves
	stream, target, tangent pair // as far as the run has come; no tangent arrives at the bottom block
	rebuilt                 pair // the stream after the bottom block as the way down found it; empty where that is the top

	v                pair
	u, scale, logits *tensors.Tensor // (B, K), ‖u‖ and (B, K)
	head             []float64       // loss, accuracy, clips
	certificate      []float64       // on the stream, on the logits, gain
	change           *tensors.Tensor // of the logits (B, K)

	deltas         [][]*tensors.Tensor // of each block, in the order of changeable, nil where it is left alone
	couplings      []CouplingNumbers
	squares        float64 // ‖ΔZ‖²
	reconstruction float64
}

// make takes the step.
func (r *stagedRun) make(lr float64) (Made, error) {
	for _, phase := range []func() error{r.gather, r.forward, r.wanted, r.down, r.up, r.certify} {
		if err := phase(); err != nil {
			return Made{}, err
		}
	}
	report := r.report(lr)
	if report.Finite {
		if err := r.update(lr); err != nil {
			return Made{}, err
		}
	}
	r.give(r.logits, r.change)
	return Made{Report: report, Logits: r.logits, Change: r.change, Reconstruction: r.reconstruction}, nil
}

func (r *stagedRun) top() int { return r.step.vars.Config.Blocks - 1 }

// forward carries the stream to the top.
func (r *stagedRun) forward() error {
	halves, err := r.call(stage{what: stageSplit}, 0, some(r.x))
	if err != nil {
		return err
	}
	r.begin = pair{halves[0], halves[1]}
	r.stream = r.begin
	for l := range r.top() + 1 {
		if err := r.through(l); err != nil {
			return err
		}
	}
	return nil
}

// through carries the stream through block l.
func (r *stagedRun) through(l int) error {
	out, err := r.call(stage{what: stageForward, act: r.activation(l)}, l, r.stream.list(), r.blocks[l].weights)
	if err != nil {
		return err
	}
	return r.moveStream(out[0], out[1])
}

// moveStream goes on with another stream and frees the one before, unless it is the batch.
func (r *stagedRun) moveStream(a, b *tensors.Tensor) error {
	before := r.stream
	r.stream = pair{a, b}
	if before == r.begin {
		return nil
	}
	return r.drop(before.list()...)
}

// moveTarget goes on with another target and frees the one before, unless it is v.
func (r *stagedRun) moveTarget(a, b *tensors.Tensor) error {
	before := r.target
	r.target = pair{a, b}
	if before == r.v {
		return nil
	}
	return r.drop(before.list()...)
}

// wanted reads the logits and what is wanted of them.
func (r *stagedRun) wanted() error {
	out, err := r.call(stage{what: stageTarget}, r.top(), r.stream.list(), some(r.readout), some(r.labels))
	if err != nil {
		return err
	}
	r.scale, r.u, r.v, r.logits = out[1], out[2], pair{out[3], out[4]}, out[5]
	r.target = r.v
	r.head, err = r.numbers(out[0])
	return err
}

// down rebuilds the stream and pulls the target back, to the output of the first block that changes.
func (r *stagedRun) down() error {
	for l := r.top(); l > r.bottom; l-- {
		out, err := r.call(stage{what: stageDown, act: r.activation(l)}, l, r.stream.list(), r.target.list(), r.blocks[l].weights)
		if err != nil {
			return err
		}
		if err := firstOf(r.moveStream(out[0], out[1]), r.moveTarget(out[2], out[3])); err != nil {
			return err
		}
		r.rebuilt = r.stream
	}
	return nil
}

// up solves block by block, from the batch.
func (r *stagedRun) up() error {
	if r.rebuilt == (pair{}) {
		if err := r.drop(r.stream.list()...); err != nil {
			return err
		}
	}
	r.stream = r.begin
	for l := range r.top() + 1 {
		climb := r.solve
		switch {
		case l < r.bottom:
			climb = r.through
		case !r.step.solves(l):
			climb = r.pass
		}
		if err := climb(l); err != nil {
			return err
		}
		if l == r.bottom && r.rebuilt != (pair{}) {
			if err := r.compare(); err != nil {
				return err
			}
		}
	}
	return nil
}

// compare measures what rebuilding the stream after the bottom block lost.
func (r *stagedRun) compare() error {
	out, err := r.call(stage{what: stageCompare}, r.bottom, r.rebuilt.list(), r.stream.list())
	if err != nil {
		return err
	}
	lost, err := r.numbers(out[0])
	if err != nil {
		return err
	}
	r.reconstruction = lost[0]
	return r.drop(r.rebuilt.list()...)
}

// pass carries stream, target and tangent through a block that is left alone.
func (r *stagedRun) pass(l int) error {
	out, err := r.call(stage{what: stagePass, act: r.activation(l)}, l, r.stream.list(), r.target.list(), r.tangent.list(), r.blocks[l].weights)
	if err != nil {
		return err
	}
	return firstOf(r.moveStream(out[0], out[1]), r.moveTangent(out[2], out[3]), r.moveTarget(out[4], out[5]))
}

func (r *stagedRun) moveTangent(a, b *tensors.Tensor) error {
	before := r.tangent
	r.tangent = pair{a, b}
	if before == (pair{}) {
		return nil
	}
	return r.drop(before.list()...)
}

// certify compares what the whole change achieves with what was wanted.
func (r *stagedRun) certify() error {
	out, err := r.call(stage{what: stageCertify}, r.top(), r.tangent.list(), r.v.list(), some(r.u), some(r.readout))
	if err != nil {
		return err
	}
	r.change = out[1]
	r.certificate, err = r.numbers(out[0])
	return err
}

// report is the step's report; it decides whether the change may be made.
func (r *stagedRun) report(lr float64) Report {
	norm := math.Abs(lr) * math.Sqrt(r.squares)
	return Report{
		Loss: r.head[0], Accuracy: r.head[1], Clips: r.head[2], StepNorm: norm,
		Finite:    !math.IsNaN(norm) && !math.IsInf(norm, 0) && r.certificate[0] <= absurd,
		Certified: true, Cert: r.certificate[0], CertLogits: r.certificate[1], Gain: r.certificate[2],
		Couplings: r.couplings, Accepted: true,
	}
}
