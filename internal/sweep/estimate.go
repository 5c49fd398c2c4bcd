// SPDX-License-Identifier: Apache-2.0

package sweep

import (
	"slices"
	"strings"
	"time"
)

// priceless are the options that change numbers but hardly the time of a run.
func priceless() []string {
	return []string{
		"lr", "seed", "momentum", "beta1", "beta2", "eps", "weight-decay", "kfac-damping", "label-noise", "label-smoothing", "init-std", "proj-gain", "output-scale",
		"damping", "curvature-damping", "inverse-noise", "require-exact",
	}
}

// cuts are options of which it matters only that they are given: they need the spectrum.
func cuts() []string { return []string{"rtol", "atol"} }

// Kind is what runs share that take the same time.
func Kind(run Run) string {
	var kept []string
	for line := range strings.Lines(run.Options.Identity()) {
		switch name, _, _ := strings.Cut(line, "="); {
		case slices.Contains(priceless(), name):
		case slices.Contains(cuts(), name):
			kept = append(kept, name+"\n")
		default:
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

// Prices foretells how long runs take, by those that are done.
type Prices struct {
	byKind map[string]mean
	all    mean
	step   time.Duration // stated by who asks; 0: none
}

type mean struct {
	sum float64
	n   int
}

func (m mean) value() float64 { return m.sum / float64(m.n) }

// NewPrices learns from the runs that are done; step, where not 0, is what a step takes where there are none of a kind.
func NewPrices(runs []Run, states []State, step time.Duration) Prices {
	p := Prices{byKind: map[string]mean{}, step: step}
	for i, run := range runs {
		if s := states[i]; s.Status == Done && s.Seconds > 0 {
			k := Kind(run)
			p.byKind[k] = mean{p.byKind[k].sum + s.Seconds, p.byKind[k].n + 1}
			p.all = mean{p.all.sum + s.Seconds, p.all.n + 1}
		}
	}
	return p
}

// Basis is what an estimate stands on.
type Basis string

// The bases, the better one first.
const (
	SameKind  Basis = "runs of the same kind that are done"
	StepTime  Basis = "the stated time of a step"
	OtherRuns Basis = "runs of other kinds that are done"
	NoBasis   Basis = ""
)

// Of foretells the seconds that a run still takes.
func (p Prices) Of(run Run, s State) (float64, Basis) {
	left := 1.0
	if s.Total > 0 {
		left = 1 - float64(s.Steps)/float64(s.Total)
	}
	switch m := p.byKind[Kind(run)]; {
	case s.Ended:
		return 0, SameKind
	case m.n > 0:
		return left * m.value(), SameKind
	case p.step > 0 && s.Total > 0:
		return float64(s.Total-s.Steps) * p.step.Seconds(), StepTime
	case p.all.n > 0:
		return left * p.all.value(), OtherRuns
	}
	return 0, NoBasis
}

// Left foretells how long n workers take for what is left, on the weakest basis that it takes; false where there is none.
func (p Prices) Left(runs []Run, states []State, workers int) (time.Duration, Basis, bool) {
	var sum, longest float64
	weakest := SameKind
	order := []Basis{SameKind, StepTime, OtherRuns, NoBasis}
	for i, run := range runs {
		if states[i].Ended {
			continue
		}
		seconds, basis := p.Of(run, states[i])
		sum, longest = sum+seconds, max(longest, seconds)
		if slices.Index(order, basis) > slices.Index(order, weakest) {
			weakest = basis
		}
	}
	if weakest == NoBasis {
		return 0, NoBasis, false
	}
	return time.Duration(max(longest, sum/float64(max(1, workers))) * float64(time.Second)), weakest, true
}
