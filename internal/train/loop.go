// SPDX-License-Identifier: Apache-2.0

package train

import (
	"context"
	"errors"
	"math"
	"slices"
	"time"

	"github.com/gomlx/gomlx/core/tensors"

	"revgn/gnstep"
	"revgn/internal/progress"
	"revgn/internal/record"
)

// runner is a run under way.
type runner struct {
	*session
	run      *record.Run
	device   *device
	started  time.Time
	perEpoch int // steps an epoch
	total    int // steps in all
	step     int // steps done
	saved    int // the step of the newest checkpoint
	last     batch
	unseen   batch   // the held-out batch
	before   float64 // its loss before the next step
	lr       *tensors.Tensor
	stepping time.Duration // spent in steps, measuring and evaluating, for the time left
}

// epoch is the number of epochs of data used so far.
func (r *runner) epoch() float64 { return float64(r.step) / float64(r.perEpoch) }

// loop makes the steps of the run, evaluating and saving along the way.
func (r *runner) loop(ctx context.Context) error {
	if err := r.begin(ctx); err != nil {
		return err
	}
	batches := &stream{set: r.source.Train, seed: r.opts.Seed, size: r.batch}
	for r.step < r.total {
		if err := ctx.Err(); err != nil {
			return err
		}
		start := time.Now()
		if err := r.makeStep(batches.next()); err != nil {
			return err
		}
		if err := r.between(ctx); err != nil {
			return err
		}
		r.stepping += time.Since(start)
	}
	return nil
}

// begin compiles and measures the start.
func (r *runner) begin(ctx context.Context) error {
	n := r.source.Train.Len()
	r.perEpoch, r.total = r.opts.StepsPerEpoch(n), r.opts.TotalSteps(n)
	r.lr = scalar(r.vars.Config.DType, r.opts.LR)
	var err error
	if r.device, err = newDevice(r.session); err != nil {
		return err
	}
	r.ui.Note("compiling the step for %s ...", r.backend.Kind)
	start := time.Now()
	if err := r.device.compile(r.vars.Config, r.batch); err != nil {
		return err
	}
	r.ui.Note("compiled in %.1f s", time.Since(start).Seconds())
	r.ui.Start(r.total, r.opts.RunName())
	if r.opts.Measure {
		r.unseen = gather(r.source.Test, first(min(r.opts.Heldout, r.source.Test.Len())), r.vars.Config.DType)
		if r.before, _, err = r.measureHeldout(); err != nil {
			return err
		}
	}
	return r.evaluate(ctx, "test", r.source.Test)
}

// between does what is due after a step: evaluation, checkpoint.
func (r *runner) between(ctx context.Context) error {
	every := r.opts.EvalEvery
	if every == 0 {
		every = r.perEpoch
	}
	if r.step%every == 0 || r.step == r.total {
		if err := r.evaluateAll(ctx); err != nil {
			return err
		}
		if err := r.save(false); err != nil {
			return err
		}
	}
	if k := r.opts.CheckpointEvery; k > 0 && r.step%k == 0 {
		return r.save(true)
	}
	return nil
}

// makeStep takes one batch through the step and records it.
func (r *runner) makeStep(idx []int) error {
	start := time.Now()
	b := gather(r.source.Train, idx, r.vars.Config.DType)
	packed, kept, err := numbers(r.device.step, b.x, b.y, r.lr)
	if err != nil {
		return err
	}
	report, err := gnstep.Unpack(packed, r.solved)
	if err != nil {
		return err
	}
	if !report.Finite {
		return r.refuse(report)
	}
	rec := r.stepRecord(report, time.Since(start))
	r.step++
	r.last = b
	if err := r.measure(&rec, b, kept); err != nil {
		return err
	}
	if err := r.run.AppendStep(rec); err != nil {
		return err
	}
	r.show(report)
	if tol := r.opts.RequireExact; tol > 0 && report.Certified && !(report.Cert <= tol) {
		return &NotExactError{r.step, report.Cert, tol}
	}
	return nil
}

// refuse ends the run at a step that was not finite and therefore not made.
func (r *runner) refuse(report gnstep.Report) error {
	err := &NotFiniteError{r.step + 1, report.Loss}
	event := record.EventRecord{Step: err.Step, Epoch: r.epoch(), Event: "non-finite", Message: err.Error()}
	for name, v := range map[string]float64{"loss": report.Loss, "step_norm": report.StepNorm, "cert": report.Cert} {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			event.Fields = append(event.Fields, name)
		}
	}
	slices.Sort(event.Fields)
	return errors.Join(err, r.run.AppendEvent(event))
}

// stepRecord is what metrics.jsonl keeps of a step.
func (r *runner) stepRecord(report gnstep.Report, took time.Duration) record.StepRecord {
	rec := record.StepRecord{
		Step: r.step + 1, Epoch: float64(r.step+1) / float64(r.perEpoch), Loss: record.Number(report.Loss),
		Acc: record.Some(report.Accuracy), LR: record.Number(r.opts.LR), Seconds: record.Number(took.Seconds()),
	}
	if !report.Certified {
		return rec
	}
	gn := &record.GaussNewton{
		Cert: record.Number(report.Cert), CertLogits: record.Number(report.CertLogits), Gain: record.Number(report.Gain),
		Exact: report.Exact(r.vars.Config.DType), StepNorm: record.Number(report.StepNorm),
	}
	for _, c := range report.Couplings {
		gn.Couplings = append(gn.Couplings, record.Coupling{
			Name: c.Name, Rank: int(math.Round(c.Rank)), SigmaMax: record.Number(c.SigmaMax), SigmaMin: record.Number(c.SigmaMin), Residual: record.Number(c.Residual),
		})
	}
	rec.GaussNewton = gn
	return rec
}

// measure adds what is measured after the step, timed apart from it.
func (r *runner) measure(rec *record.StepRecord, b batch, kept []*tensors.Tensor) error {
	if !r.opts.Measure {
		return nil
	}
	start := time.Now()
	args := []any{b.x, b.y, r.lr}
	for _, t := range kept {
		args = append(args, t)
	}
	after, _, err := numbers(r.device.after, args...)
	if err != nil {
		return err
	}
	loss, reconstruction, err := r.measureHeldout()
	if err != nil {
		return err
	}
	rec.LossAfter, rec.LossChangePct = record.Some(after[0]), record.Some(percent(float64(rec.Loss), after[0]))
	rec.HeldoutChangePct = record.Some(percent(r.before, loss))
	r.before = loss
	if rec.GaussNewton != nil {
		rec.Linearisation, rec.Reconstruction = record.Some(after[1]), record.Some(reconstruction)
	}
	rec.MeasureSeconds = record.Some(time.Since(start).Seconds())
	return nil
}

func (r *runner) measureHeldout() (loss, reconstruction float64, err error) {
	values, _, err := numbers(r.device.heldout, r.unseen.x, r.unseen.y)
	if err != nil {
		return 0, 0, err
	}
	return values[0], values[1], nil
}

// percent is the change from before to after in percent of before.
func percent(before, after float64) float64 { return 100 * (after - before) / before }

// show updates the progress line.
func (r *runner) show(report gnstep.Report) {
	status := progress.Status{
		Epoch: int(math.Ceil(r.epoch())), Epochs: (r.total + r.perEpoch - 1) / r.perEpoch, Step: r.step, Steps: r.total,
		Loss: report.Loss, Acc: report.Accuracy, Cert: math.NaN(),
	}
	if report.Certified {
		status.Cert = report.Cert
	}
	if spent := r.stepping.Seconds(); spent > 0 && r.step > 1 {
		status.StepsPerSecond = float64(r.step-1) / spent
		status.Left = time.Duration(float64(r.total-r.step) / status.StepsPerSecond * float64(time.Second))
	}
	r.ui.Step(status)
}
