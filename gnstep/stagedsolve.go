// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"github.com/gomlx/gomlx/core/tensors"

	"revgn/model"
)

// solve finds the change of block l and goes on above it.
func (r *stagedRun) solve(l int) error {
	act, b := r.activation(l), r.blocks[l]
	systems, err := r.gram(l)
	if err != nil {
		return err
	}
	factored, err := r.call(stage{what: stageFactor, act: act}, l, systems)
	if err != nil {
		return err
	}
	spectra, err := r.numbers(factored[len(factored)-1])
	if err != nil {
		return err
	}
	of := stage{what: stageSolve, act: act, arrives: r.tangent != pair{}}
	target := r.target
	if l == r.top() {
		target = r.v
	}
	inputs := [][]*tensors.Tensor{r.stream.list(), target.list(), some(r.share(l), r.scale)}
	if of.arrives {
		inputs = append(inputs, r.tangent.list())
	}
	inputs = append(append(inputs, b.weights), r.systems(l, systems, factored)...)
	out, err := r.call(of, l, inputs...)
	if err != nil {
		return err
	}
	if err := r.drop(append(systems, factored[:len(factored)-1]...)...); err != nil {
		return err
	}
	return r.climb(l, out, spectra)
}

// gram forms the systems of block l, and brings the target from its input, where the block below left it, to its output, which needs the same features. The
// bottom block has its target from the way down, and the top block's is v.
func (r *stagedRun) gram(l int) ([]*tensors.Tensor, error) {
	of := stage{what: stageGram, act: r.activation(l), pushed: l > r.bottom && l < r.top()}
	inputs := [][]*tensors.Tensor{r.stream.list(), r.blocks[l].weights, r.blocks[l].factors}
	if of.pushed {
		inputs = append(inputs, r.target.list())
	}
	out, err := r.call(of, l, inputs...)
	if err != nil || !of.pushed {
		return out, err
	}
	return out[:4], r.moveTarget(out[4], out[5])
}

// systems lists what the solve of each coupling of block l takes: the frozen factors of an identity coupling, matrix, level, inverse factor and projector.
func (r *stagedRun) systems(l int, systems, factored []*tensors.Tensor) [][]*tensors.Tensor {
	perSystem := (len(factored) - 1) / 2
	frozen := r.blocks[l].factors
	var inputs [][]*tensors.Tensor
	for i := range 2 {
		half := len(frozen) / 2
		inputs = append(inputs, frozen[i*half:(i+1)*half], systems[2*i:2*i+2], factored[i*perSystem:(i+1)*perSystem])
	}
	return inputs
}

// climb takes the outputs of a solve of block l in.
func (r *stagedRun) climb(l int, out []*tensors.Tensor, spectra []float64) error {
	if err := firstOf(r.moveStream(out[0], out[1]), r.moveTangent(out[2], out[3])); err != nil {
		return err
	}
	found, err := r.numbers(out[4])
	if err != nil {
		return err
	}
	for i := range 2 {
		r.couplings = append(r.couplings, CouplingNumbers{
			Name: model.CouplingName(2*l + i), Rank: spectra[3*i], SigmaMax: spectra[3*i+1], SigmaMin: spectra[3*i+2], Residual: found[2*i], Refinements: found[2*i+1],
		})
	}
	r.squares += found[4]
	r.deltas[l] = out[5:]
	return nil
}

// update makes the change.
func (r *stagedRun) update(lr float64) error {
	rate := r.own(scalar(r.step.vars.Config.DType, lr))
	for l, deltas := range r.deltas {
		if deltas == nil {
			continue
		}
		for i, v := range r.blocks[l].changeable {
			before, err := v.Value()
			if err != nil {
				return err
			}
			out, err := r.call(stage{what: stageUpdate}, l, some(before, deltas[i], rate))
			if err != nil {
				return err
			}
			if r.dry {
				continue
			}
			r.give(out[0])
			if err := firstOf(v.SetValue(out[0]), r.drop(deltas[i])); err != nil {
				return err
			}
		}
	}
	return nil
}
