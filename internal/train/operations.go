// SPDX-License-Identifier: Apache-2.0

package train

import (
	"revgn/gnstep"
	"revgn/internal/config"
	"revgn/internal/optim"
	"revgn/model"
)

// Operations counts the floating-point operations of a step's matrix products and factorisations on a batch, a multiply-add as two: in all, and of a
// Gauss-Newton step by phase.
func Operations(stepper gnstep.Stepper, optimizer config.Optimizer, c model.Config, batch int) (total float64, phases gnstep.Operations) {
	step, ok := stepper.(*gnstep.Step)
	if !ok {
		return anchorOperations(c, batch) + optim.Operations(optim.Kind(optimizer), c, batch), gnstep.Operations{}
	}
	phases = step.Operations(batch)
	phases.Forward += anchorOperations(c, batch)
	return phases.Total(), phases
}

// ForwardOperations counts those of the network's logits on a batch.
func ForwardOperations(c model.Config, batch int) float64 {
	total := anchorOperations(c, batch)
	for i := range c.Couplings() {
		total += couplingOperations(c, i, batch)
	}
	return total
}

// couplingOperations counts those of coupling i on a batch.
func couplingOperations(c model.Config, i, batch int) float64 {
	d, h, b := float64(c.Half()), float64(c.Hidden), float64(batch)
	if c.ActivationOf(i) == model.Identity {
		return 2*d*d*h + 2*b*d*d
	}
	return 4 * b * d * h
}

// anchorOperations counts what evaluating an anchored network adds: a pass at the weights it starts from, or the tangent that a linearised one consists of.
func anchorOperations(c model.Config, batch int) float64 {
	if !c.Anchored() {
		return 0
	}
	var total float64
	for i := range c.Couplings() {
		through := couplingOperations(c, i, batch)
		total += through
		if c.Linearised { // Φ(Z - Z0) too
			total += through / 2
		}
	}
	return total
}
