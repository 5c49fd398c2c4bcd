// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"revgn/internal/dense"
)

// kernelOperations counts a minimum-norm step, roughly: K adjoint passes, the Gram matrices, the preconditioner, ten iterations, Jᵀs and JΔZ.
func (s *Step) kernelOperations(batch int) Operations {
	const iterations, rounds = 10, 1 + kernelCorrections
	c := s.vars.Config
	b, d, h, k := float64(batch), float64(c.Half()), float64(c.Hidden), float64(c.Classes)
	o := Operations{Factor: dense.FactorOperations(batch)}
	for i := range c.Couplings() {
		through := throughCost(c, i, b)
		o.Forward += productCost(c, i) + through
		o.Gram += dense.GramOperations(batch, c.Hidden)
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
