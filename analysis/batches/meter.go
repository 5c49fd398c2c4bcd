// SPDX-License-Identifier: Apache-2.0

package batches

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"

	"revgn/internal/devices"
	"revgn/model"
)

// Options say what is measured beside the step as it is made.
type Options struct {
	Objective model.Objective // the loss that training lowers, with its smoothing
	Multiples []float64       // s, of the curve along a step; each greater than 0
}

// DefaultMultiples are an eighth of a step to two steps.
func DefaultMultiples() []float64 { return []float64{0.125, 0.25, 0.5, 1, 2} }

func (o Options) validate() error {
	for _, s := range o.Multiples {
		if !(s > 0) {
			return fmt.Errorf("multiples: got %g; want numbers greater than 0", s)
		}
	}
	return o.Objective.Validate()
}

// Meter measures steps from one set of weights on one set of samples; both may be replaced by others of the same shapes. Its graphs are compiled once.
type Meter struct {
	backend                 compute.Backend
	vars                    *model.Variables
	options                 Options
	devices                 *devices.Group
	forward, tangent, trial *devices.Exec

	samples                *Samples
	steps                  []*placed
	before, after, heldout *placed // before and after may be nil
}

// New prepares measurements on the network of vars. The weights are those that vars hold at Look.
func New(backend compute.Backend, vars *model.Variables, o Options) (*Meter, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	group, err := devices.New(1, vars.Config)
	if err != nil {
		return nil, err
	}
	m := &Meter{backend: backend, vars: vars, options: o, devices: group}
	m.options.Multiples = slices.Clone(o.Multiples)
	for _, exec := range []struct {
		into  **devices.Exec
		graph devices.Function
	}{
		{&m.forward, forwardGraph(vars, o.Objective)}, {&m.tangent, tangentGraph(vars, o.Objective)}, {&m.trial, trialGraph(vars, o.Objective)},
	} {
		if *exec.into, err = group.NewExec(backend, vars.Store, exec.graph); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// Look takes the samples to measure on, with the weights that vars hold now. Both hold until the next Look.
func (m *Meter) Look(s Samples) error {
	if err := s.check(m.vars.Config.Width, m.vars.Config.Classes); err != nil {
		return err
	}
	if err := m.forget(); err != nil {
		return err
	}
	size := s.Steps[0].Len()
	var err error
	for _, b := range s.Steps {
		p, err := m.place(b, size)
		if err != nil {
			return err
		}
		m.steps = append(m.steps, p)
	}
	if s.Before != nil {
		if m.before, err = m.place(*s.Before, size); err != nil {
			return err
		}
	}
	if s.After != nil {
		if m.after, err = m.place(*s.After, size); err != nil {
			return err
		}
	}
	if m.heldout, err = m.place(s.Heldout, size); err != nil {
		return err
	}
	m.samples = &s
	return nil
}

// forget frees the samples.
func (m *Meter) forget() error {
	errs := []error{m.before.free(), m.after.free(), m.heldout.free()}
	for _, s := range m.steps {
		errs = append(errs, s.free())
	}
	m.steps, m.before, m.after, m.heldout, m.samples = nil, nil, nil, nil, nil
	return errors.Join(errs...)
}

// Close frees the samples and the compiled graphs.
func (m *Meter) Close() error {
	for _, exec := range []*devices.Exec{m.forward, m.tangent, m.trial} {
		exec.Finalize()
	}
	return m.forget()
}

// Prepared is a method whose step is compiled for batches of one size.
type Prepared struct {
	Method
	exec  *devices.Exec
	batch int
}

// Prepare compiles a method's step on batches of that size. What the stepper keeps between steps lies in the store of its variables afterwards, and can be set
// there; measuring leaves it alone.
func (m *Meter) Prepare(method Method, batch int) (*Prepared, error) {
	if err := method.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", method.Name, err)
	}
	if method.Vars == nil {
		method.Vars = m.vars
	}
	exec, err := m.devices.NewExec(m.backend, method.Vars.Store, stepGraph(method.Vars, method.Stepper))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", method.Name, err)
	}
	c := m.vars.Config
	if _, err := exec.Compile(shapes.Make(c.DType, batch, c.Width), shapes.Make(dtypes.Int32, batch), shapes.Make(c.DType)); err != nil {
		return nil, fmt.Errorf("%s: %w", method.Name, err)
	}
	return &Prepared{Method: method, exec: exec, batch: batch}, nil
}

// Finalize frees the compiled step.
func (p *Prepared) Finalize() { p.exec.Finalize() }
