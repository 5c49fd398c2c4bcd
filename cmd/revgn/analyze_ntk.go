// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"revgn/analysis/ntk"
	"revgn/internal/config"
	"revgn/internal/npy"
)

// ntkOptions are what `revgn analyze ntk` has beyond the shared options.
type ntkOptions struct {
	analyzeOptions
	full      bool
	estimator ntk.Estimator
	vectors   int
	spectrum  ntk.Method
}

// newAnalyzeNTKCommand is `revgn analyze ntk`.
func newAnalyzeNTKCommand() *cobra.Command {
	o := ntkOptions{estimator: ntk.AutoEstimator, spectrum: ntk.AutoSpectrum}
	cmd := &cobra.Command{
		Use:   "ntk RUN-OR-SWEEP...",
		Short: "Measure the tangent kernel: how far it went, its labels, its spectrum, where it lives",
		Long: `Measure the empirical tangent kernel of the logits on the probe set at a checkpoint:
exact, in tiles, summed over classes (N x N), or with --full for every pair of logits.
The kernel of the initial network is always computed, and compared with.

Columns: aligned, the centred kernel alignment with the start, 1 where the kernel is
the start's times a number, and the same uncentred (raw); change, |T-T0|/|T0|; turn,
1 - centred alignment with the checkpoint before; labels, the centred alignment with
the labels; directions, how many eigenvalues carry the kernel, as effective rank
(exponential of the entropy) and as participation, (tr T)^2/|T|^2; the largest
eigenvalue; the condition, with > where it is a lower bound. Below: what each coupling
contributes to the kernel, as shares of its trace and of its centred squared norm.

Where kernels do not fit the memory limit, and with --estimate hutchinson, norms and
alignments are estimated from products of the kernel with random vectors; +- is the
jackknife's standard error. A spectrum of more than ` + fmt.Sprint(ntk.DenseRows) + ` rows is estimated by Lanczos.
--arrays writes kernel, (N, N) or (N, K, N, K), probe.x and probe.y.`,
		Example: "  revgn analyze ntk runs/NAME\n  revgn analyze ntk runs/NAME --step all --probes 500\n  revgn analyze ntk runs/NAME --full --arrays",
		Args:    someRuns,
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.vectors < 2 || o.vectors > mostVectors {
				return usageError(fmt.Errorf("vectors: got %d; allowed: 2 to %d", o.vectors, mostVectors))
			}
			return runStudy(cmd.Context(), o.analyzeOptions, args, ntkStudy(o), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	o.addFlags(cmd.Flags(), 1000)
	cmd.Flags().BoolVar(&o.full, "full", false, "the kernel of every pair of logits in place of its sum over classes")
	cmd.Flags().Var(config.Choice(&o.estimator, ntk.Estimators()...), "estimate", "how the kernel's numbers are had")
	cmd.Flags().IntVar(&o.vectors, "vectors", ntk.DefaultVectors, "random vectors of --estimate hutchinson")
	cmd.Flags().Var(config.Choice(&o.spectrum, ntk.Methods()...), "spectrum", "how the eigenvalues are had")
	completeFlags(cmd)
	return cmd
}

const mostVectors = 100_000

// ntkSetting is what decides the numbers, as it stands in the file.
type ntkSetting struct {
	Full     bool          `json:"full"`
	Estimate ntk.Estimator `json:"estimate"`
	Vectors  int           `json:"vectors"`
	Spectrum ntk.Method    `json:"spectrum"`
}

func ntkStudy(o ntkOptions) study[ntk.Row] {
	w := &ntkWork{options: o}
	return study[ntk.Row]{
		name: "ntk", definitions: ntk.Definitions(), setting: ntkSetting{o.full, o.estimator, o.vectors, o.spectrum}, device: true, chained: true,
		plan: w.plan, start: w.begin, measure: w.measure, end: w.end, table: ntkTable,
	}
}

// ntkWork is the analysis of one run after the other.
type ntkWork struct {
	options ntkOptions
	series  *ntk.Series
}

// plan chooses the estimator and says what a checkpoint takes.
func (w *ntkWork) plan(s *subject) (_ []string, err error) {
	w.series, err = ntk.NewSeries(s.backend.Backend, s.vars, s.probe, ntk.SeriesOptions{
		Options:   ntk.Options{Full: w.options.full, MemoryLimit: s.limit},
		Estimator: w.options.estimator, Vectors: w.options.vectors, Spectrum: w.options.spectrum, Arrays: w.options.arrays,
	})
	if err != nil {
		return nil, err
	}
	return []string{"a checkpoint: " + w.series.Plan()}, nil
}

// begin computes the kernel of the start.
func (w *ntkWork) begin(ctx context.Context, s *subject) error {
	w.follow(s, "the start")
	return w.series.Begin(ctx)
}

// follow tells how the work on a checkpoint goes on.
func (w *ntkWork) follow(s *subject, where string) {
	w.series.Progress = func(what string, done, of int) {
		s.ui.Doing(fmt.Sprintf("%s of %s: %s %d of %d", where, s.run.Name(), what, done, of))
	}
}

func (w *ntkWork) measure(ctx context.Context, s *subject) (m measured[ntk.Row], err error) {
	w.follow(s, fmt.Sprintf("step %d", s.weights.Step))
	row, kernel, err := w.series.Measure(ctx, s.weights.Step, s.weights.Epoch)
	if err != nil {
		return m, err
	}
	m.row, m.warnings = row, row.Warnings()
	if w.options.arrays {
		if kernel == nil {
			m.warnings = append(m.warnings, "no kernel was written: it was estimated by products with random vectors")
		}
		m.arrays = w.arrays(s, row, kernel)
	}
	return m, nil
}

// arrays are the kernel, where there is one, with its eigenvalues, where all were computed, and the samples that it belongs to.
func (w *ntkWork) arrays(s *subject, row ntk.Row, kernel *ntk.Kernel) []npy.Array {
	p := s.probe
	list := []npy.Array{{Name: "probe.x", Shape: []int{p.Len(), p.D}, Data: p.X}, {Name: "probe.y", Shape: []int{p.Len()}, Data: p.Y}}
	if kernel == nil {
		return list
	}
	shape := []int{p.Len(), p.Len()}
	if w.options.full {
		shape = []int{p.Len(), p.Classes, p.Len(), p.Classes}
	}
	list = append(list, npy.Array{Name: "kernel", Shape: shape, Data: kernel.Values()})
	if row.Spectrum != nil && row.Spectrum.Eigenvalues != nil {
		list = append(list, npy.Array{Name: "eigenvalues", Shape: []int{len(row.Spectrum.Eigenvalues)}, Data: row.Spectrum.Eigenvalues})
	}
	return list
}

func (w *ntkWork) end() error {
	w.series.Finalize()
	return nil
}
