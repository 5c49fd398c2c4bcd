// SPDX-License-Identifier: Apache-2.0

package ntk

import (
	"context"
	"errors"

	"github.com/gomlx/compute"

	"revgn/analysis"
	"revgn/model"
)

// Tracker compares the class-traced kernel of a network in training with that of its start, at little cost. Graphs are compiled once.
type Tracker struct {
	exact *Exact
	start *Kernel
}

// NewTracker prepares the comparison; Begin comes next. Of the options it takes Devices and MemoryLimit.
func NewTracker(backend compute.Backend, vars *model.Variables, p analysis.Probe, o Options) (*Tracker, error) {
	o.Full, o.Kept = false, 2
	e, err := NewExact(backend, vars, p, o)
	if err != nil {
		return nil, err
	}
	return &Tracker{exact: e}, nil
}

// Plan says what a comparison takes.
func (t *Tracker) Plan() Plan { return t.exact.Plan() }

// Begin makes the weights that the variables hold the start.
func (t *Tracker) Begin(ctx context.Context) (err error) {
	t.start, err = t.exact.Kernel(ctx, nil)
	return err
}

// Alignment compares the weights that the variables hold with the start.
func (t *Tracker) Alignment(ctx context.Context) (Comparison, error) {
	if t.start == nil {
		return Comparison{}, errors.New("tracker of the tangent kernel: comparisons come after Begin")
	}
	now, err := t.exact.Kernel(ctx, nil)
	if err != nil {
		return Comparison{}, err
	}
	return Compare(t.start, now)
}

// Finalize frees graphs and what lies on the device.
func (t *Tracker) Finalize() { t.exact.Finalize() }
