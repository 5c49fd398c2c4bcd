// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"revgn/internal/dense"
	"revgn/model"
)

// Operations counts the floating-point operations of a step's matrix products and factorisations by phase, a multiply-add as two. Elementwise work is left
// out.
type Operations struct {
	Forward, PullBack, Gram, Factor, Solve, Tangents float64
}

// Total is their sum.
func (o Operations) Total() float64 {
	return o.Forward + o.PullBack + o.Gram + o.Factor + o.Solve + o.Tangents
}

// Operations counts a step of the options on a batch of that size, with one refinement a solve and ten iterations on the whole kernel.
func (s *Step) Operations(batch int) Operations {
	switch s.opts.Inverse {
	case MinNorm:
		return s.kernelOperations(float64(batch))
	case Mix:
		a, b := s.splitOperations(batch), s.kernelOperations(float64(batch))
		return Operations{a.Forward, a.PullBack + b.PullBack, a.Gram + b.Gram, a.Factor + b.Factor, a.Solve + b.Solve, a.Tangents + b.Tangents}
	}
	return s.splitOperations(batch)
}

// kernelOperations counts a minimum-norm step: K adjoint passes, the Gram matrices, the preconditioner, the iterations, Jᵀs and JΔZ.
func (s *Step) kernelOperations(b float64) Operations {
	const iterations, rounds = 10, 1 + kernelCorrections
	c := s.vars.Config
	d, h, k := float64(c.Half()), float64(c.Hidden), float64(c.Classes)
	o := Operations{Factor: b * b * b}
	for i := range c.Couplings() {
		through := throughCost(c, i, b)
		o.Forward += productCost(c, i) + through
		o.Gram += b * b * h * (dense.GramBands + 1) / dense.GramBands
		if i == c.Couplings()-1 {
			o.PullBack += k * through / 2 // one row for every sample
		} else if i > 1 {
			o.PullBack += k * through
		}
		o.Solve += iterations*(2*b*b*d+4*b*k*d+4*b*b*k) + rounds*2*b*d*h
		o.Tangents += rounds * (through + 2*b*d*h)
	}
	return o
}

// splitOperations counts the split step.
func (s *Step) splitOperations(batch int) Operations {
	var o Operations
	c := s.vars.Config
	b := float64(batch)
	products := 0.0 // of system-sized matrices behind a projector and its inverse, in units of the factorisation
	if cut := s.opts.cutOf(c.DType, batch, c.Hidden); cut != nil {
		resolution, _ := cut.resolution(c.DType)
		products = 2*float64(dense.SignProducts(resolution)) + 4
	}
	for i := range c.Couplings() {
		through := throughCost(c, i, b)
		o.Forward += productCost(c, i) + through
		if s.anyChangeBelow(i / 2) {
			o.PullBack += pullBackCost(c, i, b)
			o.Tangents += through
		} else if s.solves(i/2) && i%2 == 1 {
			o.Tangents += through
		}
		if s.solves(i / 2) {
			gram, factor, solve := solveCost(c, i, b)
			factor *= max(1, products)
			o.Gram, o.Factor, o.Solve = o.Gram+gram, o.Factor+factor, o.Solve+solve
		}
	}
	return o
}

// productCost is CW of an identity coupling.
func productCost(c model.Config, i int) float64 {
	if c.ActivationOf(i) != model.Identity {
		return 0
	}
	return 2 * float64(c.Half()) * float64(c.Half()) * float64(c.Hidden)
}

// throughCost is one passage of a (B, d) value or tangent through a coupling.
func throughCost(c model.Config, i int, b float64) float64 {
	d := float64(c.Half())
	if c.ActivationOf(i) == model.Identity {
		return 2 * b * d * d
	}
	return 4 * b * d * float64(c.Hidden)
}

// pullBackCost is a passage down; at the topmost coupling the product with C has rank K and is next to free.
func pullBackCost(c model.Config, i int, b float64) float64 {
	full := throughCost(c, i, b)
	if i == c.Couplings()-1 && c.ActivationOf(i) != model.Identity {
		k := float64(c.Classes)
		return full/2 + 2*k*float64(c.Hidden)*(float64(c.Half())+b)
	}
	return full
}

// solveCost is the Gram matrix, its factor and inverse factor, and two solves with their residuals.
func solveCost(c model.Config, i int, b float64) (gram, factor, solve float64) {
	d, h := float64(c.Half()), float64(c.Hidden)
	const half = (dense.GramBands + 1) / (2.0 * dense.GramBands)
	switch formOf(c, i, int(b)) {
	case identityForm:
		n := d + 1
		return 2*b*d*d + 2*b*n*n*half, n * n * n, (1+filterPasses)*(4*b*n*d+4*n*n*d) + 2*d*d*d + 4*d*d*h + 2*b*d*d
	case rowForm:
		return 2 * b * b * h * half, b * b * b, 2 * (4*b*b*d + 4*b*d*h)
	}
	n := h + 1
	return 2 * b * n * n * half, n * n * n, (1+filterPasses)*(4*b*n*d+4*n*n*d) + 2*b*d*h
}
