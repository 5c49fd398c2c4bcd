// SPDX-License-Identifier: Apache-2.0

package train

import (
	"fmt"

	"revgn/gnstep"
	"revgn/internal/config"
	"revgn/internal/host"
)

// shareOfFree is the part of the memory that is free that a step may take where no limit is given: the data, the evaluations and other programs take some too.
const shareOfFree = 0.8

// ActivationPlan is what becomes of a step's activations, and the estimates that decided it.
type ActivationPlan struct {
	Staged          bool
	Cached, Rebuilt gnstep.Footprint // of the two ways; of one that is not possible zero
	Limit           int64            // bytes, 0 for none
}

// chosen is what became of the activations, "" for steps that have no choice.
func (p ActivationPlan) chosen() config.Activations {
	switch {
	case p.Staged:
		return config.ActivationsRecompute
	case p.Rebuilt.Total() > 0:
		return config.ActivationsCache
	}
	return ""
}

// PlanActivations decides between keeping and recomputing activations. Only a Gauss-Newton step can recompute them; others keep them, which is told where
// recomputing was asked for. limited says whether the device's memory is the host's.
func PlanActivations(o config.Options, stepper gnstep.Stepper, batch int, onHost bool) (ActivationPlan, error) {
	step, ok := stepper.(*gnstep.Step)
	refused := fmt.Sprintf("optimizer %s keeps them", o.Optimizer)
	if ok {
		refused = step.NotStaged()
	}
	if ok && refused == "" && o.Devices > 1 {
		refused = "several devices keep them"
	}
	if o.Activations == config.ActivationsRecompute && refused != "" {
		return ActivationPlan{}, fmt.Errorf("activations recompute: %s (use --activations cache)", refused)
	}
	if !ok {
		return ActivationPlan{}, nil
	}
	p := ActivationPlan{Cached: step.Footprint(batch, false), Limit: MemoryLimit(o, onHost), Staged: o.Activations == config.ActivationsRecompute}
	if refused == "" {
		p.Rebuilt = step.Footprint(batch, true)
	}
	if o.Activations == config.ActivationsAuto && p.Limit > 0 && p.Cached.Total() > p.Limit && refused == "" {
		p.Staged = true
	}
	return p, p.check(o, refused)
}

// check refuses what a limit that was asked for does not allow.
func (p ActivationPlan) check(o config.Options, refused string) error {
	need := p.need()
	if o.MemoryLimit == 0 || need <= p.Limit {
		return nil
	}
	hint := "a smaller --batch-size or --hidden"
	if !p.Staged && refused == "" {
		hint = "--activations recompute, about " + binary(int(p.Rebuilt.Total()))
	}
	return fmt.Errorf("memory-limit %s: a step needs about %s (use %s)", binary(int(p.Limit)), binary(int(need)), hint)
}

// need is the estimate of the way that was chosen.
func (p ActivationPlan) need() int64 {
	if p.Staged {
		return p.Rebuilt.Total()
	}
	return p.Cached.Total()
}

// MemoryLimit is the bound on a step's memory: the one asked for, else on the host most of what is free.
func MemoryLimit(o config.Options, onHost bool) int64 {
	if o.MemoryLimit > 0 || !onHost {
		return o.MemoryLimit
	}
	free, _ := host.Available()
	return int64(shareOfFree * float64(free))
}

// line says what a step needs, and what becomes of activations.
func (p ActivationPlan) line() string {
	text := fmt.Sprintf("memory     about %s a step with activations cached", binary(int(p.Cached.Total())))
	switch {
	case p.Staged:
		text = fmt.Sprintf("memory     about %s a step with activations recomputed block by block, %s with them cached", binary(int(p.Rebuilt.Total())), binary(int(p.Cached.Total())))
	case p.Rebuilt.Total() > 0:
		text += fmt.Sprintf(", %s with them recomputed", binary(int(p.Rebuilt.Total())))
	}
	if p.Limit > 0 {
		text += "; limit " + binary(int(p.Limit))
	}
	return text
}

// warning is a line where the estimate is above a limit that nobody asked for, "" otherwise.
func (p ActivationPlan) warning() string {
	if p.Limit == 0 || p.need() <= p.Limit {
		return ""
	}
	return fmt.Sprintf("a step needs about %s and %s are free for it: it may run out of memory (use a smaller --batch-size or --hidden)",
		binary(int(p.need())), binary(int(p.Limit)))
}
