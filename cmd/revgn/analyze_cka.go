// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"revgn/analysis/cka"
	"revgn/analysis/sites"
	"revgn/internal/config"
)

// ckaOptions are what `revgn analyze cka` has beyond the shared options.
type ckaOptions struct {
	analyzeOptions
	sites  []string
	kernel string
	factor float64
	batch  int
	floor  string
	across bool
}

const bothKernels = "both"

// newAnalyzeCKACommand is `revgn analyze cka`.
func newAnalyzeCKACommand() *cobra.Command {
	var o ckaOptions
	cmd := &cobra.Command{
		Use:   "cka RUN-OR-SWEEP...",
		Short: "Measure how alike representations are: to the start, or across runs",
		Long: `Measure centred kernel alignment of what networks make of the same samples, at sites
along the network: the stream after each block, what each coupling adds to it
(branch), its features, and the logits. 1 says equal up to rotation and scale.

Each checkpoint is compared with the run's own start. --floor RUN2, a run of the same
network from another seed, also compares it with the start of RUN2: the floor, what
is left when nothing of the start is. With --across the runs are compared with each
other, and the result is in the analysis folder of the first, as cka-across.json;
pairs that differ in the seed alone are marked as floor there.

Tables show the debiased linear CKA; of unrelated networks it is 0 on average, while
the biased one nears 1 when columns outnumber samples. +- is a standard error over
draws of the samples (jackknife). --arrays writes site x site matrices as well: rows
the checkpoint's sites, columns the start's; across runs those of each pair.`,
		Example: "  revgn analyze cka runs/NAME --step all\n" +
			"  revgn analyze cka runs/NAME --step all --floor runs/OTHER\n" +
			"  revgn analyze cka runs/A runs/B runs/C --across --kernel linear",
		Args: someRuns,
		RunE: func(cmd *cobra.Command, args []string) error {
			settings, err := o.settings()
			if err != nil {
				return usageError(err)
			}
			if o.across {
				return runCKAAcross(cmd.Context(), o, settings, args, cmd.OutOrStdout(), cmd.ErrOrStderr())
			}
			return runCKA(cmd.Context(), o, settings, args, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	o.addFlags(cmd.Flags(), 1000)
	standard := cka.DefaultOptions()
	o.kernel = bothKernels
	cmd.Flags().StringSliceVar(&o.sites, "sites", []string{"stream", "branch", "features", "logits"}, "`KINDS` of sites: input, features, branch, stream, logits, or all")
	cmd.Flags().Var(config.Choice(&o.kernel, string(cka.KernelLinear), string(cka.KernelRBF), bothKernels), "kernel", "kernel of the alignment")
	cmd.Flags().Float64Var(&o.factor, "rbf-factor", standard.RBFFactor, "width of the rbf kernel over the median distance of two samples")
	cmd.Flags().IntVar(&o.batch, "batch", 0, fmt.Sprintf("average over batches of N samples (0: all at once up to %d, batches of about %d above)", cka.AllAtOnce, cka.AutoBatch))
	cmd.Flags().StringVar(&o.floor, "floor", "", "also compare with the start of `RUN2`, the same network from another seed")
	cmd.Flags().BoolVar(&o.across, "across", false, "compare the runs with each other")
	completeFlags(cmd)
	return cmd
}

// settings are the options of the comparison.
func (o *ckaOptions) settings() (cka.Options, error) {
	settings := cka.Options{RBFFactor: o.factor, Batch: o.batch, Kernels: []cka.Kernel{cka.Kernel(o.kernel)}}
	if o.kernel == bothKernels {
		settings.Kernels = cka.DefaultOptions().Kernels
	}
	kinds, err := sites.ParseKinds(o.sites)
	if err != nil {
		return settings, err
	}
	for _, kind := range sites.Kinds() { // in one order, whatever the order asked for, because the file's setting names them
		for _, wanted := range kinds {
			if kind == wanted {
				settings.Kinds = append(settings.Kinds, kind)
			}
		}
	}
	if o.across && o.floor != "" {
		return settings, errors.New("floor: --across marks pairs of runs that differ in the seed alone by itself; give RUN2 as one of the runs")
	}
	return settings, settings.Validate()
}

// ckaSetting is what decides the numbers, as it stands in the file.
type ckaSetting struct {
	Sites     []sites.Kind `json:"sites"`
	Kernels   []cka.Kernel `json:"kernels"`
	RBFFactor float64      `json:"rbf_factor"`
	Batch     int          `json:"batch"` // as asked for; rows have what came of it
	Floor     *ckaRun      `json:"floor,omitempty"`
	Across    []string     `json:"across,omitempty"` // the runs' names
}

func ckaSettingOf(o cka.Options) ckaSetting {
	return ckaSetting{Sites: o.Kinds, Kernels: o.Kernels, RBFFactor: o.RBFFactor, Batch: o.Batch}
}

// ckaRun is a run that another is compared with, at a step.
type ckaRun struct {
	Run     string `json:"run"`
	Step    int    `json:"step"`
	Seed    uint64 `json:"seed"`
	DType   string `json:"dtype"`
	Weights string `json:"weights_sha256"`
}
