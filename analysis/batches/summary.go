// SPDX-License-Identifier: Apache-2.0

package batches

import (
	"fmt"

	"revgn/internal/number"
)

// summarise makes means of what was found.
func (m *Meter) summarise(p *Prepared, all *measured) *Result {
	own, heldout := all.a.diagonal(), each(all.heldoutAt, func(o outcome) float64 { return o.change })
	r := &Result{
		Name: p.Name, State: p.State, LR: p.LR, Steps: len(all.changes),
		Own:         changeOf(meanOf(m.losses()).Mean, all.own, own),
		Heldout:     changeOf(number.Number(m.heldout.loss), all.heldout, heldout),
		HeldoutSE:   meanOf(each(all.heldoutAt, func(o outcome) float64 { return o.se })).Mean,
		OffDiagonal: all.a.off(), TransferRatio: all.a.transfer(),
		OverfitRatio: ratioOf(heldout, own),
		SlopeRatio:   ratioOf(each(all.heldout, slope), each(all.own, slope)),
		StepNorm:     meanOf(each(all.changes, func(c *change) float64 { return c.report.StepNorm })),
	}
	r.Before, r.After = optional(all.before), optional(all.after)
	m.certificates(r, all)
	for k, s := range m.options.Multiples {
		r.Curve = append(r.Curve, point(s, k, all))
	}
	m.list(r, all)
	r.warn()
	return r
}

// changeOf summarises what was predicted and what happened on one kind of samples.
func changeOf(loss number.Number, predicted []prediction, actual []float64) Change {
	model := each(predicted, func(p prediction) float64 { return p.at(1) })
	return Change{
		Loss: loss, FirstOrder: meanOf(each(predicted, slope)), Predicted: meanOf(model), Actual: meanOf(actual), Ratio: ratioOf(actual, model),
	}
}

func slope(p prediction) float64 { return p.slope }

// point summarises a multiple; how far a step that was not made is from linear is not known, and left out.
func point(s float64, k int, all *measured) Point {
	at := make([]pair, len(all.curve))
	var own, heldout []float64
	for i, row := range all.curve {
		at[i] = row[k]
		if all.changes[i].made() {
			own, heldout = append(own, at[i].own.linearisation), append(heldout, at[i].heldout.linearisation)
		}
	}
	return Point{
		Multiple:      s,
		Predicted:     meanOf(each(all.own, func(p prediction) float64 { return p.at(s) })),
		Own:           meanOf(each(at, func(p pair) float64 { return p.own.change })),
		Heldout:       meanOf(each(at, func(p pair) float64 { return p.heldout.change })),
		Linearisation: meanOf(own), Unseen: meanOf(heldout),
	}
}

// certificates counts the steps that were made, and that are EXACT.
func (m *Meter) certificates(r *Result, all *measured) {
	certified, exact := all.changes[0].report.Certified, 0
	for _, c := range all.changes {
		if c.made() {
			r.Made++
		}
		if c.report.Exact(m.vars.Config.DType) {
			exact++
		}
	}
	if certified {
		r.Exact = &exact
		r.Cert = optional(each(all.changes, func(c *change) float64 { return c.report.Cert }))
	}
}

// list gives every step on its own.
func (m *Meter) list(r *Result, all *measured) {
	for i, c := range all.changes {
		s := Step{
			Made: c.made(), Exact: c.report.Exact(m.vars.Config.DType), StepNorm: number.Number(c.report.StepNorm), Loss: number.Number(m.steps[i].loss),
			Predicted: number.Number(all.own[i].at(1)), Own: number.Number(all.a[i][i]), Heldout: number.Number(all.heldoutAt[i].change),
		}
		if c.report.Certified {
			s.Cert = number.Some(c.report.Cert)
		}
		if i < len(all.before) {
			s.Before = number.Some(all.before[i])
		}
		if i < len(all.after) {
			s.After = number.Some(all.after[i])
		}
		r.Each = append(r.Each, s)
		r.A = append(r.A, each(all.a[i], func(v float64) number.Number { return number.Number(v) }))
		lengths := make([]Length, len(r.Curve))
		for k, p := range all.curve[i] {
			lengths[k] = Length{all.own[i].at(r.Curve[k].Multiple), p.own.change, p.heldout.change, p.own.linearisation, p.heldout.linearisation}
		}
		r.Lengths = append(r.Lengths, lengths)
	}
}

// warn says what makes numbers mean less.
func (r *Result) warn() {
	if r.Made < r.Steps {
		r.Warnings = append(r.Warnings, fmt.Sprintf("%s: %d of %d steps were not finite or refused by the loss; they count as no change", r.Name, r.Steps-r.Made, r.Steps))
	}
	if r.Made > 0 && !(r.Own.Actual.Mean < 0) {
		r.Warnings = append(r.Warnings, r.Name+": its steps do not lower the loss of their own batches, so ratios to that gain say nothing")
	}
}

func optional(v []float64) *Estimate {
	if len(v) == 0 {
		return nil
	}
	e := meanOf(v)
	return &e
}

func each[T, R any](list []T, f func(T) R) []R {
	out := make([]R, len(list))
	for i, v := range list {
		out[i] = f(v)
	}
	return out
}
