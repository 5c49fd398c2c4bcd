// SPDX-License-Identifier: Apache-2.0

package benchmark

import (
	"context"
	"time"
)

// Comparison is two option sets measured in turn.
type Comparison struct {
	A     Result `json:"a"`
	B     Result `json:"b"`
	Flags string `json:"flags"` // what b has beyond a
	// Ratio is a's seconds over b's, pair by pair: above 1 b is the faster one.
	Ratio Spread `json:"ratio"`
}

// Versus measures steps of a and b in turn, A B A B ..., both compiled and with their weights on the device throughout.
func Versus(ctx context.Context, a, b Case, flags string, settings Settings) (Comparison, error) {
	return inSession(settings, func(s *session) (Comparison, error) {
		c := Comparison{Flags: flags}
		subjects, took, err := s.pair(ctx, a, b)
		for _, sub := range subjects {
			defer sub.close()
		}
		if err != nil {
			return c, err
		}
		err = s.versus(ctx, &c, subjects, rounds(s.Repeat, took))
		return c, err
	})
}

// pair prepares both and warms them up; took is what a step of each takes together.
func (s *session) pair(ctx context.Context, cases ...Case) (subjects []*subject, took time.Duration, err error) {
	for _, c := range cases {
		sub, err := s.newSubject(ctx, c, 0)
		if err != nil {
			return subjects, 0, err
		}
		subjects = append(subjects, sub)
		if sub.inputs.Note != "" {
			s.ui.Note("%s", sub.inputs.Note)
		}
		warm, err := s.warm(sub)
		if err != nil {
			return subjects, 0, err
		}
		took += warm
	}
	return subjects, took, nil
}

// versus makes n rounds.
func (s *session) versus(ctx context.Context, c *Comparison, subjects []*subject, n int) error {
	before := make([]Rate, len(subjects))
	for i, sub := range subjects {
		var err error
		if before[i], err = s.rateOf(ctx, sub, sub.vars.Config.DType); err != nil {
			return err
		}
	}
	a, b := subjects[0], subjects[1]
	s.ui.Start(n, "step", "bench "+words(a.keys)+" vs "+c.Flags)
	seconds, err := turns{now: s.now, ui: s.ui, works: []func() error{a.step, b.step}}.run(ctx, n)
	if err != nil {
		return err
	}
	c.Ratio = SpreadOf(ratios(seconds[0], seconds[1]))
	for i, r := range []*Result{&c.A, &c.B} {
		sub := subjects[i]
		if *r, err = sub.describe(); err != nil {
			return err
		}
		r.Samples, r.Seconds, r.Matmul = seconds[i], SpreadOf(seconds[i]), before[i]
		if r.OtherMatmul, err = s.rateOf(ctx, sub, otherDType(sub.vars.Config.DType)); err != nil {
			return err
		}
		r.count(sub)
		r.conclude(sub)
		r.Memory = Memory{} // each would have the other's
		if err := s.emit(*r); err != nil {
			return err
		}
	}
	return nil
}
