// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"revgn/internal/dense"
	"revgn/model"
)

// solveCost is a coupling's solve with what it achieves.
func (s *Step) solveCost(i, batch int) float64 {
	c := s.vars.Config
	n, b, d, h := float64(systemSize(c, i, batch)), float64(batch), float64(c.Half()), float64(c.Hidden)
	apply := dense.SolveOperations(systemSize(c, i, batch), c.Half())
	if s.opts.cutOf(c.DType, batch, c.Hidden) != nil {
		apply += 2 * n * n * d
	}
	once := s.opts.Damping.Value > 0 || s.opts.cutOf(c.DType, batch, c.Hidden) != nil
	achieved := 2 * b * d * h
	if c.ActivationOf(i) == model.Identity {
		achieved = productCost(c, i) + throughCost(c, i, b)
	}
	switch of := formOf(c, i, batch); {
	case of == identityForm:
		return 2*b*float64(c.RankBound(i))*d + s.filterCost(n, d, apply, once) + 2*d*d*d + 2*d*d*h + achieved
	case of == rowForm && s.opts.Damping.Value > 0:
		return 2*apply + 2*n*n*d + 2*b*d*h + achieved
	case of == rowForm && once:
		return apply + 2*b*d*h + achieved
	case of == rowForm:
		return 2 * (apply + 4*b*d*h)
	case once:
		return 2*b*n*d + apply + achieved
	}
	return (1+filterPasses)*(2*b*n*d+apply) + filterPasses*2*b*n*d + achieved
}

// filterCost is factored.filtered for d columns.
func (s *Step) filterCost(n, d, apply float64, once bool) float64 {
	if once {
		return apply
	}
	return dense.GramOperations(int(n), int(n)) + (1+2*filterPasses)*2*n*n*d
}
