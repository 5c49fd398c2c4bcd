// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"fmt"
	"strings"

	"revgn/model"
)

// Memory tells what becomes of the last step's change φ (before lr) in the next one; β is Options.Beta.
type Memory string

const (
	// NoMemory forgets it.
	NoMemory Memory = "none"
	// HeavyBall adds it: ΔZ = ΔZ' + βφ. The batch then moves by Jβφ more than was wanted, and the certificate says so.
	HeavyBall Memory = "heavy-ball"
	// Spring keeps what of it the batch does not see: ΔZ = βφ + J⁺(v - Jβφ), for the right inverse J⁺ of the options. As exact as the step without it
	// (SPRING, Goldshlager et al., arXiv 2401.10190, there with the minimum norm).
	Spring Memory = "spring"
)

// Memories lists the kinds of memory there are.
func Memories() []Memory { return []Memory{NoMemory, HeavyBall, Spring} }

func (m Memory) validate(beta float64) error {
	switch m {
	case NoMemory:
		return nil
	case HeavyBall, Spring:
		if beta >= 0 && beta < 1 {
			return nil
		}
		return fmt.Errorf("memory %s with beta %g: beta must lie in [0, 1)", m, beta)
	}
	names := make([]string, 0, len(Memories()))
	for _, known := range Memories() {
		names = append(names, string(known))
	}
	return fmt.Errorf("unknown memory %q (allowed: %s)", string(m), strings.Join(names, ", "))
}

// remembered is βφ and its tangent Jβφ on the stream.
type remembered struct {
	deltas  []model.Delta
	tangent model.Stream
}

// recall is what the step keeps of the last one, nil for nothing.
func (s *Step) recall(trace *model.Trace) *remembered {
	deltas := s.memory.change(s.vars.Config, trace.Logits.Graph(), s.opts.Beta)
	if deltas == nil {
		return nil
	}
	return &remembered{deltas, trace.Tangent(nil, deltas)}
}

// added is a + b for every coupling; an absent Delta stands for zero.
func added(a, b []model.Delta) []model.Delta {
	out := make([]model.Delta, len(a))
	for i := range a {
		out[i] = model.Delta{W: sum(a[i].W, b[i].W), Bias: sum(a[i].Bias, b[i].Bias)}
	}
	return out
}
