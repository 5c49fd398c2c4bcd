// SPDX-License-Identifier: Apache-2.0

package train

import (
	"time"

	"github.com/gomlx/gomlx/core/tensors"

	"revgn/gnstep"
	"revgn/internal/record"
)

// measure adds what is measured after the step, timed apart from it.
func (r *runner) measure(rec *record.StepRecord, b batch, step gnstep.Made) error {
	if !r.opts.Measure {
		return nil
	}
	start := time.Now()
	lr, made := r.lr, true
	if rec.Trust != nil {
		made = rec.Trust.Accepted
		lr = scalar(r.vars.Config.DType, float64(rec.Trust.Rate))
	}
	inputs := []*tensors.Tensor{b.x, b.y, lr, step.Logits}
	if step.Change != nil {
		inputs = append(inputs, step.Change)
	}
	after, _, err := numbers(r.device.after, inputs...)
	if err != nil {
		return err
	}
	rec.LossAfter, rec.LossChangePct = record.Some(after[0]), percent(float64(rec.Loss), after[0])
	if rec.GaussNewton != nil && made {
		rec.Linearisation = record.Some(after[1])
	}
	if r.unseen.x != nil {
		loss, reconstruction, err := r.measureHeldout()
		if err != nil {
			return err
		}
		rec.HeldoutChangePct = percent(r.before, loss)
		r.before = loss
		if rec.GaussNewton != nil {
			rec.Reconstruction = reconstruction
		}
	}
	rec.MeasureSeconds = record.Some(time.Since(start).Seconds())
	return nil
}

// measureHeldout returns the held-out batch's loss, and its reconstruction error where the network has an inverse.
func (r *runner) measureHeldout() (loss float64, reconstruction record.Optional, err error) {
	values, _, err := numbers(r.device.heldout, r.unseen.x, r.unseen.y)
	if err != nil {
		return 0, record.Optional{}, err
	}
	if len(values) > 1 {
		reconstruction = record.Some(values[1])
	}
	return values[0], reconstruction, nil
}

// percent is the change from before to after in percent of before; a loss of 0 has none.
func percent(before, after float64) record.Optional {
	if before == 0 {
		return record.Optional{}
	}
	return record.Some(100 * (after - before) / before)
}
