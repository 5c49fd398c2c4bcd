// SPDX-License-Identifier: Apache-2.0

package train

import (
	"fmt"
	"math"
	"slices"
	"time"

	"revgn/gnstep"
	"revgn/internal/devices"
	"revgn/internal/record"
)

// makeStep takes the next batch through the step and records it.
func (r *runner) makeStep(next func() (batch, error)) error {
	start := time.Now()
	b, err := next()
	if err != nil {
		return err
	}
	r.unrecorded = true // until the step's line is written, or it is known that the weights stayed
	var made gnstep.Made
	err = wait(r.ui, fmt.Sprintf("making step %d", r.step+1), func() (err error) {
		made, err = r.device.step.Make(b.x, b.y, r.opts.LR)
		return err
	})
	if err != nil {
		return err
	}
	report := made.Report
	if !report.Finite {
		r.unrecorded = false
		return r.refuse(report)
	}
	rec := r.stepRecord(report, time.Since(start))
	if made.Reconstruction > 0 {
		rec.Rebuilt = record.Some(made.Reconstruction)
	}
	r.step++
	previous := r.last
	r.last = b
	if err := r.measure(&rec, b, made); err != nil {
		return err
	}
	// Freed now rather than when the garbage collector gets to it: it does not count device memory.
	if err := devices.Free(made.Logits, made.Change, previous.x, previous.y); err != nil {
		return err
	}
	if err := r.run.AppendStep(rec); err != nil {
		return err
	}
	r.settled, r.unfinished, r.unrecorded = r.run.Mark(), true, false
	r.show(report)
	if !finite(report.Loss) {
		return &NotFiniteError{Step: r.step, Loss: report.Loss, Made: true}
	}
	if tol := r.opts.RequireExact; tol > 0 && report.Certified && !(report.Cert <= tol) {
		return &NotExactError{r.step, report.Cert, tol}
	}
	return nil
}

// refuse ends the run at a step that was not finite and therefore not made.
func (r *runner) refuse(report gnstep.Report) error {
	err := &NotFiniteError{Step: r.step + 1, Loss: report.Loss, Cert: report.Cert}
	event := record.EventRecord{Step: err.Step, Epoch: r.epoch(), Event: "non-finite", Message: err.Error()}
	for name, v := range map[string]float64{"loss": report.Loss, "step_norm": report.StepNorm, "cert": report.Cert} {
		if !finite(v) {
			event.Fields = append(event.Fields, name)
		}
	}
	slices.Sort(event.Fields)
	if failed := r.run.AppendEvent(event); failed != nil {
		return fmt.Errorf("%w; also: %w", err, failed)
	}
	return err
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// stepRecord is what metrics.jsonl keeps of a step.
func (r *runner) stepRecord(report gnstep.Report, took time.Duration) record.StepRecord {
	rec := record.StepRecord{
		Step: r.step + 1, Epoch: float64(r.step+1) / float64(r.perEpoch), Loss: record.Number(report.Loss),
		Acc: record.Some(report.Accuracy), LR: record.Number(r.opts.LR), StepNorm: record.Some(report.StepNorm), Seconds: record.Number(took.Seconds()),
	}
	if report.Trusted {
		rec.Trust = &record.Trust{Accepted: report.Accepted, GainRatio: record.Number(report.Ratio), Rate: record.Number(report.Rate)}
		if report.Damping > 0 {
			rec.Trust.Damping = record.Some(report.Damping)
		}
	}
	if !report.Certified {
		return rec
	}
	gn := &record.GaussNewton{
		Cert: record.Number(report.Cert), CertLogits: record.Number(report.CertLogits), Gain: record.Number(report.Gain),
		Exact: report.Exact(r.vars.Config.DType),
	}
	if report.Clips > 0 {
		gn.Clips = record.Some(report.Clips)
	}
	if report.Iterations > 0 {
		gn.Iterations = record.Some(report.Iterations)
	}
	for _, c := range report.Couplings {
		gn.Couplings = append(gn.Couplings, record.Coupling{
			Name: c.Name, Rank: int(math.Round(c.Rank)), SigmaMax: record.Number(c.SigmaMax), SigmaMin: record.Number(c.SigmaMin), Residual: record.Number(c.Residual),
		})
	}
	rec.GaussNewton = gn
	return rec
}
