// SPDX-License-Identifier: Apache-2.0

package train

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/gomlx/gomlx/core/tensors"

	"revgn/gnstep"
	"revgn/internal/mirror"
	"revgn/internal/progress"
	"revgn/internal/record"
)

// runner is a run under way.
type runner struct {
	*session
	run      *record.Run
	manifest record.Manifest
	device   *device
	started  time.Time
	earlier  time.Duration // what the run took before this process
	perEpoch int           // steps an epoch
	total    int           // steps in all
	step     int           // steps done
	last     batch
	unseen   batch           // the held-out batch, empty where none is measured
	before   float64         // its loss before the next step
	prober   *prober         // nil for none
	mirrors  *mirror.Mirrors // nil before they are begun
	lr       *tensors.Tensor
	switched bool          // --switch is behind
	stepping time.Duration // spent in steps, measuring and evaluating, for the time left

	// Where the run began in this process: at a checkpoint, or at step 0.
	again  bool     // in a directory that held a run
	from   int      // steps done before
	stored *Stored  // nil at step 0
	probed float64  // the probe's loss ahead of step from, where that step is unfinished
	known  []string // warnings that metrics.jsonl holds already

	// What a checkpoint says of metrics.jsonl, and whether there can be one.
	settled    record.Mark // the lines of the steps done, probes and evaluations included unless unfinished
	unfinished bool        // the probe and the evaluations of the last step are still due
	unrecorded bool        // the weights are ahead of metrics.jsonl, or lost
	saved      int         // the step of the newest checkpoint
	savedAt    time.Time
	saving     time.Duration // that the newest checkpoint took
}

// epoch is the number of epochs of data used so far.
func (r *runner) epoch() float64 { return float64(r.step) / float64(r.perEpoch) }

// loop makes the steps of the run, evaluating and saving along the way.
func (r *runner) loop(ctx context.Context) error {
	if err := r.begin(ctx); err != nil {
		return err
	}
	batches := &ahead{
		stream: newStream(r.source.Train, r.opts.Seed, r.batch, r.step), left: r.total - r.step,
		gather: func(p pick) (batch, error) {
			return gatherAugmented(r.augment(), r.source.Train, p, r.vars.Config.DType)
		},
	}
	if r.unfinished {
		if err := r.between(ctx); err != nil {
			return err
		}
	}
	for r.step < r.total {
		if err := cmp.Or(ctx.Err(), r.shortOfTime(ctx)); err != nil {
			return err
		}
		if err := r.switchOptimizer(); err != nil {
			return err
		}
		start := time.Now()
		if err := r.beforeProbe(); err != nil {
			return err
		}
		if err := r.makeStep(batches.next); err != nil {
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
	for _, warning := range r.warnings {
		if slices.Contains(r.known, warning) {
			continue
		}
		if err := r.run.AppendEvent(record.EventRecord{Event: "warning", Message: warning}); err != nil {
			return err
		}
	}
	r.lr = scalar(r.vars.Config.DType, r.opts.LR)
	if err := r.keepStart(); err != nil {
		return err
	}
	var err error
	if r.device, err = newDevice(r.session); err != nil {
		return err
	}
	if err := wait(r.ui, "compiling the step for "+r.backend.Kind, func() error { return r.device.step.Compile() }); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	r.ui.Start(r.total, "step", r.opts.RunName())
	if err := r.beginProbes(ctx); err != nil {
		return err
	}
	if err := r.restore(); err != nil {
		return err
	}
	if r.opts.Measure && r.opts.Heldout > 0 {
		r.unseen = gather(r.source.Test, first(min(r.opts.Heldout, r.source.Test.Len())), r.vars.Config.DType)
		if r.before, _, err = r.measureHeldout(); err != nil {
			return err
		}
	}
	if r.from > 0 {
		return nil
	}
	if err := r.score(ctx, false); err != nil {
		return err
	}
	r.settle()
	return nil
}

// restore puts what the checkpoint holds into the network and the optimizer, once all that looks at the start has seen it.
func (r *runner) restore() (err error) {
	if r.stored == nil {
		return nil
	}
	if err := PutWeights(r.vars, r.stored.Arrays); err != nil {
		return err
	}
	if err := r.stored.PutState(r.vars, r.opts.Switch.Epoch > 0); err != nil {
		return err
	}
	if r.last, err = r.stored.batch(); err != nil {
		return err
	}
	r.stored, r.unrecorded = nil, false
	return nil
}

// settle says that metrics.jsonl holds all that belongs to the steps done.
func (r *runner) settle() { r.settled, r.unfinished = r.run.Mark(), false }

// between does what is due after a step: probe, evaluation, checkpoint.
func (r *runner) between(ctx context.Context) error {
	if err := r.probe(ctx); err != nil {
		return err
	}
	due := r.opts.EvaluatesAt(r.step, r.perEpoch) || r.step == r.total
	if due {
		if err := r.score(ctx, true); err != nil {
			return err
		}
	}
	r.settle()
	k := r.opts.CheckpointEvery
	keep := k > 0 && r.step%k == 0
	if due || keep || time.Since(r.savedAt) > saveAfter {
		return r.save(keep)
	}
	return nil
}

// saveAfter is how much work a kill may cost at most, but for the step that it hits.
const saveAfter = 5 * time.Minute

// score measures the test set, and the training set where that is asked for, and tells the result.
func (r *runner) score(ctx context.Context, train bool) error {
	scores := progress.Scores{Epoch: r.epoch(), Step: r.step, TrainLoss: math.NaN(), TrainAcc: math.NaN()}
	n := r.source.Test.Len()
	if train {
		n += r.source.Train.Len()
	}
	err := wait(r.ui, fmt.Sprintf("evaluating %s samples", count(n)), func() (err error) {
		if train {
			if scores.TrainLoss, scores.TrainAcc, err = r.evaluate(ctx, "train", r.source.Train); err != nil {
				return err
			}
		}
		scores.TestLoss, scores.TestAcc, err = r.evaluate(ctx, "test", r.source.Test)
		return err
	})
	if err == nil {
		r.ui.Scores(scores)
	}
	return err
}

// show updates the progress line.
func (r *runner) show(report gnstep.Report) {
	status := progress.Status{
		Epoch: int(math.Ceil(r.epoch())), Epochs: (r.total + r.perEpoch - 1) / r.perEpoch, Step: r.step, Steps: r.total,
		Loss: report.Loss, Acc: report.Accuracy, Cert: math.NaN(),
	}
	if report.Certified {
		status.Cert = report.Cert
	}
	if spent, made := r.stepping.Seconds(), r.step-r.from; spent > 0 && made > 1 {
		status.StepsPerSecond = float64(made-1) / spent
		status.Left = time.Duration(float64(r.total-r.step) / status.StepsPerSecond * float64(time.Second))
	}
	r.ui.Step(status)
}
