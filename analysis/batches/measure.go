// SPDX-License-Identifier: Apache-2.0

package batches

import (
	"context"
	"errors"
	"fmt"

	"revgn/internal/devices"
)

// measured is what was found of the M steps of a method, index by index.
type measured struct {
	changes       []*change // their tensors are freed
	a             matrix
	before, after []float64 // nil where there is no such batch
	own, heldout  []prediction
	heldoutAt     []outcome
	curve         [][]pair // by step and multiple
}

// pair is a multiple of a step on its own batch and on the held-out samples.
type pair struct{ own, heldout outcome }

// Measure makes the step of a method on every batch in turn, each from the weights that were there at Look, and says what each does. progress, where not nil, is told
// after each step. A step that is not finite counts as no change, as in training.
func (m *Meter) Measure(ctx context.Context, p *Prepared, progress func(done, total int)) (result *Result, err error) {
	if m.samples == nil {
		return nil, errors.New("got no samples to measure on; call Look first")
	}
	if got := m.steps[0].n; got != p.batch {
		return nil, fmt.Errorf("%s: got batches of %d samples; the step was prepared for %d", p.Name, got, p.batch)
	}
	if err := follow(p.Vars, m.vars); err != nil {
		return nil, err
	}
	before, err := hash(m.vars)
	if err != nil {
		return nil, err
	}
	all := &measured{a: newMatrix(len(m.steps))}
	for i := range m.steps {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := m.measureStep(p, i, all); err != nil {
			return nil, fmt.Errorf("%s on batch %d: %w", p.Name, i, err)
		}
		if progress != nil {
			progress(i+1, len(m.steps))
		}
	}
	after, err := hash(m.vars)
	if err == nil && after != before {
		err = fmt.Errorf("measuring %s changed the weights: SHA-256 %s before, %s after", p.Name, before, after)
	}
	return m.summarise(p, all), err
}

// measureStep measures the step on batch i.
func (m *Meter) measureStep(p *Prepared, i int, all *measured) error {
	c, err := m.step(p, m.steps[i])
	if err != nil {
		return err
	}
	own, err := m.predict(c, m.steps[i])
	if err != nil {
		return err
	}
	heldout, err := m.predict(c, m.heldout)
	if err != nil {
		return err
	}
	all.changes, all.own, all.heldout = append(all.changes, c), append(all.own, own), append(all.heldout, heldout)
	if err := m.measureLengths(c, i, own, heldout, all); err != nil {
		return err
	}
	if err := m.measureOthers(c, i, all); err != nil {
		return err
	}
	return errors.Join(devices.Free(c.tensors...), devices.Free(own.tangents...), devices.Free(heldout.tangents...))
}

// measureLengths measures the step and its multiples on its own batch and on the held-out samples.
func (m *Meter) measureLengths(c *change, i int, own, heldout prediction, all *measured) error {
	at := func(s float64) (p pair, err error) {
		if p.own, err = m.try(c, s, m.steps[i], &own); err != nil {
			return p, err
		}
		p.heldout, err = m.try(c, s, m.heldout, &heldout)
		return p, err
	}
	whole, err := at(1)
	if err != nil {
		return err
	}
	all.a[i][i] = whole.own.change
	all.heldoutAt = append(all.heldoutAt, whole.heldout)
	row := make([]pair, len(m.options.Multiples))
	for k, s := range m.options.Multiples {
		if row[k] = whole; s != 1 {
			if row[k], err = at(s); err != nil {
				return err
			}
		}
	}
	all.curve = append(all.curve, row)
	return nil
}

// measureOthers measures the step on the other batches.
func (m *Meter) measureOthers(c *change, i int, all *measured) error {
	for j, batch := range m.steps {
		if j == i {
			continue
		}
		o, err := m.try(c, 1, batch, nil)
		if err != nil {
			return err
		}
		all.a[i][j] = o.change
	}
	if m.before != nil {
		o, err := m.try(c, 1, m.before, nil)
		if err != nil {
			return err
		}
		all.before = append(all.before, o.change)
	}
	if i+1 < len(m.steps) {
		all.after = append(all.after, all.a[i][i+1])
	} else if m.after != nil {
		o, err := m.try(c, 1, m.after, nil)
		if err != nil {
			return err
		}
		all.after = append(all.after, o.change)
	}
	return nil
}

// losses are the losses before a step on each batch.
func (m *Meter) losses() []float64 {
	losses := make([]float64, len(m.steps))
	for i, s := range m.steps {
		losses[i] = s.loss
	}
	return losses
}
