// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"revgn/analysis/batches"
	"revgn/internal/runs"
	"revgn/internal/train"
	"revgn/model"
)

// batchesOptions are what `revgn analyze batches` has beyond the shared options.
type batchesOptions struct {
	analyzeOptions
	batches int
	with    []string
}

// newAnalyzeBatchesCommand is `revgn analyze batches`.
func newAnalyzeBatchesCommand() *cobra.Command {
	var o batchesOptions
	cmd := &cobra.Command{
		Use:   "batches RUN-OR-SWEEP...",
		Short: "Measure what a step on one batch does to other batches and to unseen samples",
		Long: `Measure steps from the weights of a checkpoint, without making them: on each of the
next M batches in the run's own order, with the run's optimizer and with others.

Columns: own is the change of the mean loss on a step's own batch, predicted by the
quadratic model and actual; others that on the other M-1 batches, held out that on
the probe set, before and after those on the batch before the checkpoint and on the
one that follows the step's own. overfit is the held-out gain over the own gain, and
slope the same for steps of length 0, which compares directions whatever their lr.
+- is the standard error over batches. lin. is the linearisation error of a step.

An optimizer that is not the run's own begins with fresh state, as before its first
step. --with names other steps: FLAGS of train on top of the run's options; another
optimizer comes with the rate that the run's preset has for it.`,
		Example: "  revgn analyze batches runs/NAME\n" +
			"  revgn analyze batches runs/NAME --step all --batches 4 --arrays\n" +
			"  revgn analyze batches runs/NAME --with \"--optimizer adam --lr 1e-3\" --with \"--optimizer gn --inverse last\"",
		Args: someRuns,
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.batches < 1 || o.batches > 1000 {
				return usageError(fmt.Errorf("batches: got %d; allowed: 1 to 1000", o.batches))
			}
			return runStudy(cmd.Context(), o.analyzeOptions, args, newBatchesStudy(o).study(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	o.addFlags(cmd.Flags(), 1000)
	cmd.Flags().IntVar(&o.batches, "batches", 8, "step on each of the next M batches")
	cmd.Flags().StringArrayVar(&o.with, "with", nil, "also measure the step of these `FLAGS` of train, such as \"--optimizer gn --inverse last\"; may be given several times "+
		"(default gn, gn with --inverse min-norm, adam and sgd)")
	completeFlags(cmd)
	return cmd
}

// batchesSetting is what decides the numbers, as it stands in the file.
type batchesSetting struct {
	Batches   int       `json:"batches"`
	With      []string  `json:"with"`
	Multiples []float64 `json:"multiples"`
}

// batchesRow is what the analysis holds of a checkpoint.
type batchesRow struct {
	BatchSize int               `json:"batch_size"`
	Next      int               `json:"next_step"`      // the step that batch 0 would be
	Shared    int               `json:"shared_samples"` // samples that stand in more than one of the batches that are stepped on
	Batches   []string          `json:"batches_sha256"`
	Methods   []*batches.Result `json:"methods"`
}

// batchesStudy is the analysis of one run after the other.
type batchesStudy struct {
	options  batchesOptions
	perEpoch int
	methods  []*batchesMethod // of the run under analysis
	meter    *batches.Meter
}

func newBatchesStudy(o batchesOptions) *batchesStudy { return &batchesStudy{options: o} }

func (b *batchesStudy) study() study[batchesRow] {
	setting := batchesSetting{b.options.batches, b.alternatives(), batches.DefaultMultiples()}
	return study[batchesRow]{
		name: "batches", definitions: batches.Definitions(), setting: setting, device: true,
		check: b.check, plan: b.plan, start: b.start, measure: b.measure, end: b.end, table: batchesTable,
	}
}

// check refuses steps that the run's options do not go with.
func (b *batchesStudy) check(run *runs.Run) error {
	for _, flags := range b.options.with {
		if _, err := run.Options.Alternative(flags); err != nil {
			return usageError(fmt.Errorf("with %q: %w", flags, err))
		}
	}
	return nil
}

// plan makes the steppers and says what measuring will take.
func (b *batchesStudy) plan(s *subject) (lines []string, err error) {
	b.perEpoch = s.run.Options.StepsPerEpoch(s.source.Train.Len())
	if b.methods, err = b.chooseMethods(s); err != nil {
		return nil, err
	}
	size := s.run.Options.Batch(s.source.Train.Len())
	steps, each := 0., float64(b.options.batches)
	for _, m := range b.methods {
		total, _ := train.Operations(m.Stepper, m.options.Optimizer, s.run.Network, size)
		steps += each * total
		if err := m.fits(size, s.limit); err != nil {
			return nil, err
		}
	}
	own, heldout := train.ForwardOperations(s.run.Network, size), train.ForwardOperations(s.run.Network, s.probe.Len())
	lengths := float64(len(batches.DefaultMultiples())) + 3 // a tangent is about as much as three passes
	passes := float64(len(b.methods)) * each * (own*(each+1+lengths) + heldout*lengths)
	return []string{fmt.Sprintf("batches    at each checkpoint %d ways to step on %d batches of %d: %.3g GFLOP of steps, %.3g of passes to measure them",
		len(b.methods), b.options.batches, size, steps/1e9, passes/1e9)}, nil
}

// start compiles what a run needs.
func (b *batchesStudy) start(_ context.Context, s *subject) (err error) {
	o := s.run.Options
	objective := model.Objective{Loss: model.Loss(o.Loss), Smoothing: o.LabelSmoothing}
	b.meter, err = batches.New(s.backend.Backend, s.vars, batches.Options{Objective: objective, Multiples: batches.DefaultMultiples()})
	if err != nil {
		return err
	}
	for _, m := range b.methods {
		s.ui.Doing("compiling the step of " + m.Name)
		if m.prepared, err = b.meter.Prepare(m.Method, o.Batch(s.source.Train.Len())); err != nil {
			return err
		}
		m.keepsState()
	}
	return nil
}

// end frees what the run took.
func (b *batchesStudy) end() error {
	for _, m := range b.methods {
		m.prepared.Finalize()
	}
	b.methods = nil
	return b.meter.Close()
}

// measure measures a checkpoint.
func (b *batchesStudy) measure(ctx context.Context, s *subject) (m measured[batchesRow], err error) {
	samples, shared, err := b.samples(s)
	if err != nil {
		return m, err
	}
	if err := b.meter.Look(samples); err != nil {
		return m, err
	}
	m.row = batchesRow{BatchSize: samples.Steps[0].Len(), Next: s.weights.Step + 1, Shared: shared}
	for _, batch := range samples.Steps {
		m.row.Batches = append(m.row.Batches, batch.SHA256)
	}
	if shared > 0 {
		m.warnings = append(m.warnings, fmt.Sprintf("step %d: %d samples stand in more than one of the %d batches, which reach into the next epoch; errors take batches for distinct", s.weights.Step, shared, len(samples.Steps)))
	}
	for _, method := range b.methods {
		if !method.appliesAt(s.weights.Step, b.perEpoch) {
			continue
		}
		if err := method.take(s.weights, b.perEpoch); err != nil {
			return m, err
		}
		result, err := b.meter.Measure(ctx, method.prepared, func(done, total int) {
			s.ui.Doing(fmt.Sprintf("step %d: %s on batch %d of %d", s.weights.Step, method.Name, done, total))
		})
		if err != nil {
			return m, err
		}
		m.row.Methods = append(m.row.Methods, result)
		m.arrays = append(m.arrays, batchesArrays(result)...)
		m.warnings = append(m.warnings, result.Warnings...)
	}
	return m, nil
}
