// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"path"
	"strings"

	"revgn/analysis/batches"
	"revgn/gnstep"
	"revgn/internal/config"
	"revgn/internal/runs"
	"revgn/internal/train"
)

// What `revgn analyze batches` says of what an optimizer keeps between steps.
const (
	stateSaved = "saved"
	stateFresh = "fresh"
	stateNone  = "none"
)

// batchesMethod is a step to measure.
type batchesMethod struct {
	batches.Method
	options  config.Options
	own      bool           // the run's own, whose state checkpoints hold
	twin     *batchesMethod // the run's own that makes the same step, and is measured in its place where it applies
	keeps    bool           // anything between steps
	prepared *batches.Prepared
}

// alternatives are the flags of the steps to measure besides the run's own.
func (b *batchesStudy) alternatives() []string {
	if len(b.options.with) > 0 {
		return b.options.with
	}
	return []string{"--optimizer gn --inverse split --legacy=false", "--optimizer gn --inverse min-norm --legacy=false", "--optimizer adam", "--optimizer sgd"}
}

// chooseMethods makes the run's own steppers, two where it changes its optimizer under way, and then the others but for those that are the same.
func (b *batchesStudy) chooseMethods(s *subject) ([]*batchesMethod, error) {
	type choice struct {
		options config.Options
		own     bool
	}
	o := s.run.Options
	choices := []choice{{o, true}}
	if o.Switch.Epoch > 0 {
		after, err := o.After(o.Switch)
		if err != nil {
			return nil, err
		}
		choices = append(choices, choice{after, true})
	}
	for _, flags := range b.alternatives() {
		other, err := o.Alternative(flags)
		if err != nil && len(b.options.with) == 0 { // nobody asked for it
			s.ui.Note("%s is left out: %v", flags, err)
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("with %q: %w", flags, err)
		}
		choices = append(choices, choice{other, false})
	}
	var methods []*batchesMethod
	for _, c := range choices {
		m, err := newBatchesMethod(s, c.options, c.own)
		if err != nil {
			return nil, err
		}
		if m.twin = m.like(methods); m.twin == nil || m.twin.own && !m.own && o.Switch.Epoch > 0 {
			methods = append(methods, m)
		}
	}
	return methods, nil
}

func newBatchesMethod(s *subject, o config.Options, own bool) (*batchesMethod, error) {
	name, err := o.StepName()
	if err != nil {
		return nil, err
	}
	m := &batchesMethod{options: o, own: own, Method: batches.Method{Name: name, LR: o.LR}}
	if m.Vars, err = batches.View(s.vars); err != nil {
		return nil, err
	}
	if m.Stepper, err = train.NewStepper(s.backend.Backend, m.Vars, o); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return m, nil
}

// like is the last of methods with the same name and rate, nil where there is none.
func (m *batchesMethod) like(methods []*batchesMethod) (found *batchesMethod) {
	for _, other := range methods {
		if other.Name == m.Name && other.LR == m.LR {
			found = other
		}
	}
	return found
}

// fits refuses a step that the device has no memory for. A run may make its steps block by block; they are measured whole.
func (m *batchesMethod) fits(batch int, limit int64) error {
	step, ok := m.Stepper.(*gnstep.Step)
	if !ok || limit == 0 {
		return nil
	}
	if need := step.Footprint(batch, false).Total(); need > limit {
		return fmt.Errorf("the step of %s needs about %d MiB with all activations, more than the limit of %d MiB (raise --memory-limit, or choose other steps by --with)",
			m.Name, need>>20, limit>>20)
	}
	return nil
}

// keepsState finds out whether the stepper keeps anything between steps; a rate is an input of every step.
func (m *batchesMethod) keepsState() {
	for v := range m.Vars.Store.IterVariables() {
		if strings.HasPrefix(v.Path(), gnstep.StateScope) && path.Base(v.Path()) != "learning_rate" {
			m.keeps = true
		}
	}
}

// appliesAt tells whether the step is to be measured at a checkpoint: of the run's own the one that comes next, of the others those that are not that one.
func (m *batchesMethod) appliesAt(step, perEpoch int) bool {
	if m.twin != nil {
		return !m.twin.appliesAt(step, perEpoch)
	}
	s := m.options.Switch
	return !m.own || s.Epoch == 0 || (m.options.Optimizer == s.To) == (step >= s.Epoch*perEpoch)
}

// take gives the stepper the state that it has at a checkpoint. A switch of optimizers begins with a fresh one.
func (m *batchesMethod) take(w *runs.Weights, perEpoch int) error {
	m.prepared.State = stateFresh
	if !m.keeps {
		m.prepared.State = stateNone
	}
	if !m.own || len(w.State) == 0 || m.options.Switch.Epoch > 0 && w.Step == m.options.Switch.Epoch*perEpoch {
		return nil
	}
	if m.keeps {
		m.prepared.State = stateSaved
	}
	return w.PutState(m.Vars, m.options.Switch.Epoch > 0)
}
