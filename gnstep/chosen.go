// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"fmt"
	"strings"

	"revgn/model"
)

// Chosen tells in one line how a step on a batch of that size solves: the solver, which AutoSolver chooses by rank and size, and what it works on.
func (s *Step) Chosen(batch int) string {
	var parts []string
	if s.opts.Inverse != MinNorm {
		parts = append(parts, s.chosenForCouplings(batch))
	}
	if s.opts.Inverse != Split {
		size := batch * s.vars.Config.Classes
		what := map[Solver]string{
			CG: "conjugate gradients on the kernel of", Cholesky: "cholesky of the kernel of", Spectral: "truncated inverse of the kernel of",
		}[s.kernelSolver(batch, s.vars.Config.Classes)]
		parts = append(parts, fmt.Sprintf("%s %d logits", what, size))
	}
	return strings.Join(parts, "; ")
}

// chosenForCouplings groups the couplings that are solved alike.
func (s *Step) chosenForCouplings(batch int) string {
	c := s.vars.Config
	how := "cholesky with refinement"
	switch {
	case s.opts.cutOf(c.DType, batch, c.Hidden) != nil:
		how = "spectral cut"
	case s.opts.Damping.Value > 0:
		how = "cholesky of the damped system"
	}
	var order []string
	names := map[string][]string{}
	for i := range c.Couplings() {
		if !s.solves(i / 2) {
			continue
		}
		system := s.systemOf(i, batch)
		if names[system] == nil {
			order = append(order, system)
		}
		names[system] = append(names[system], model.CouplingName(i))
	}
	for i, system := range order {
		order[i] = strings.Join(names[system], " ") + " " + system
	}
	return how + ": " + strings.Join(order, ", ")
}

// systemOf describes the system of a coupling.
func (s *Step) systemOf(coupling, batch int) string {
	c := s.vars.Config
	switch formOf(c, coupling, batch) {
	case identityForm:
		n := c.Half()
		if c.Bias {
			n++
		}
		return fmt.Sprintf("by [x,1] (%d square)", min(n, batch))
	case rowForm:
		return fmt.Sprintf("by samples (%d square)", batch)
	}
	return fmt.Sprintf("by features (%d square)", c.FeatureCount())
}
