// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"revgn/analysis"
	"revgn/analysis/features"
	"revgn/analysis/sites"
	"revgn/data"
	"revgn/internal/npy"
	"revgn/internal/record"
)

// featuresOptions are what `revgn analyze features` has beyond the shared options.
type featuresOptions struct {
	analyzeOptions
	fit   int
	sites []string
}

// newAnalyzeFeaturesCommand is `revgn analyze features`.
func newAnalyzeFeaturesCommand() *cobra.Command {
	var o featuresOptions
	cmd := &cobra.Command{
		Use:   "features RUN-OR-SWEEP...",
		Short: "Measure what the layers hold: directions, labels, linear classifiers, units that changed side",
		Long: `Measure what a network makes of samples, at sites along it, at a checkpoint and at the
start: the input, the stream after each block, what each coupling adds to it (branch),
its features, and the logits.

Columns, each at the start and now: directions, the effective rank of the centred site;
labels, the debiased linear CKA of the site with the labels, 0 where they have nothing in
common; classifier, the accuracy on the probe set of a ridge classifier that was fitted
on --fit other samples of the training part. gained is the difference of the two, sample
by sample, +- its standard error. Below: the share of pairs of sample and unit whose
side of zero changed since the start, units that are off or on for every sample, and how
well the input is recovered from the output. --arrays writes the eigenvalues of each
site, and which probes its classifier is right about.`,
		Example: "  revgn analyze features runs/NAME\n  revgn analyze features runs/NAME --step all --sites stream,logits",
		Args:    someRuns,
		RunE: func(cmd *cobra.Command, args []string) error {
			kinds, err := sites.ParseKinds(o.sites)
			if err == nil && (o.fit < 0 || o.fit == 1) {
				err = fmt.Errorf("fit: got %d; want 0 (no classifiers) or 2 and more", o.fit)
			}
			if err != nil {
				return usageError(err)
			}
			return runStudy(cmd.Context(), o.analyzeOptions, args, featuresStudy(o, kinds), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	o.addFlags(cmd.Flags(), 1000)
	cmd.Flags().IntVar(&o.fit, "fit", 2000, "fit ridge classifiers on N training samples outside the probe set, fewer if there are fewer (0: none)")
	cmd.Flags().StringSliceVar(&o.sites, "sites", []string{"all"}, "`KINDS` of sites: input, features, branch, stream, logits, or all")
	completeFlags(cmd)
	return cmd
}

// featuresSetting is what decides the numbers, as it stands in the file.
type featuresSetting struct {
	Fit   int          `json:"fit"` // as asked for; rows have what came of it
	Sites []sites.Kind `json:"sites"`
	Grid  []float64    `json:"ridge_grid"`
}

// featuresRow is what the analysis holds of a checkpoint.
type featuresRow struct {
	features.Result
	Fit *record.ProbeSet `json:"fit_samples,omitempty"` // what the classifiers were fitted on
}

func featuresStudy(o featuresOptions, kinds []sites.Kind) study[featuresRow] {
	f := &featuresWork{options: o, kinds: kinds}
	return study[featuresRow]{
		name: "features", definitions: features.Definitions(), setting: featuresSetting{o.fit, kinds, features.Grid()}, device: true,
		plan: f.plan, start: f.begin, measure: f.measure, end: f.end, table: featuresTable,
	}
}

// featuresWork is the analysis of one run after the other.
type featuresWork struct {
	options featuresOptions
	kinds   []sites.Kind
	setup   features.Setup
	meter   *features.Meter
	start   *features.State
}

// plan chooses the samples and says what they take.
func (f *featuresWork) plan(s *subject) ([]string, error) {
	f.setup = features.Setup{Probe: s.probe, Kinds: f.kinds}
	if f.options.fit > 0 {
		fit, err := fitSamples(s.source, s.probe, f.options.fit)
		if err != nil {
			return nil, err
		}
		f.setup.Fit = &fit
	}
	if err := f.setup.Fits(s.run.Network, s.limit); err != nil {
		return nil, err
	}
	line := fmt.Sprintf("%d probes of the %s part", s.probe.Len(), s.probe.Part)
	if f.setup.Fit != nil {
		line += fmt.Sprintf(", classifiers fitted on %d training samples", f.setup.Fit.Len())
	}
	return []string{fmt.Sprintf("%s; about %d MiB", line, f.setup.Bytes(s.run.Network)>>20+1)}, nil
}

// fitSamples are the first n training samples that are not in the probe set.
func fitSamples(source *data.Source, probe analysis.Probe, n int) (analysis.Probe, error) {
	skip := 0
	if probe.Part == "train" {
		skip = probe.Len()
	}
	train := source.Train
	to := min(skip+n, train.Len())
	if to-skip < 2 {
		return analysis.Probe{}, fmt.Errorf("fit: %d of %d training samples are left beside the probe set; want 2 or more (fewer --probes, or --fit 0 for no classifiers)",
			train.Len()-skip, train.Len())
	}
	return analysis.NewProbe(source.Name, "train", train.X[skip*train.D:to*train.D], train.Y[skip:to], train.Classes)
}

// begin measures the start.
func (f *featuresWork) begin(ctx context.Context, s *subject) (err error) {
	s.ui.Doing("measuring the start of " + s.run.Name())
	if f.meter, err = features.New(s.backend.Backend, s.vars, f.setup); err != nil {
		return err
	}
	f.start, err = f.meter.Measure(ctx)
	return err
}

func (f *featuresWork) measure(ctx context.Context, s *subject) (m measured[featuresRow], err error) {
	now := f.start
	if s.weights.Step != 0 {
		s.ui.Doing(fmt.Sprintf("step %d of %s", s.weights.Step, s.run.Name()))
		if now, err = f.meter.Measure(ctx); err != nil {
			return m, err
		}
	}
	result, err := features.Compare(f.start, now)
	if err != nil {
		return m, err
	}
	m.row.Result = *result
	if f.setup.Fit != nil {
		m.row.Fit = probeSet(*f.setup.Fit)
	}
	m.warnings, m.arrays = featuresWarnings(s.weights.Step, result), featuresArrays(result)
	return m, nil
}

// featuresArrays are the spectra of each site, and which probes its classifier is right about.
func featuresArrays(r *features.Result) []npy.Array {
	var arrays []npy.Array
	for _, site := range r.Sites {
		for i, s := range []features.Spectrum{site.Now.Plain, site.Now.Centred} {
			name := site.Name + []string{".eigenvalues", ".eigenvalues_centred"}[i]
			arrays = append(arrays, npy.Array{Name: name, Shape: []int{len(s.Eigenvalues)}, Data: s.Eigenvalues})
		}
		if c := site.Now.Probe; c != nil {
			hits := make([]uint8, len(c.Hits))
			for i, hit := range c.Hits {
				if hit {
					hits[i] = 1
				}
			}
			arrays = append(arrays, npy.Array{Name: site.Name + ".hits", Shape: []int{len(hits)}, Data: hits})
		}
	}
	return arrays
}

// featuresWarnings say which numbers are not what they seem.
func featuresWarnings(step int, r *features.Result) (warnings []string) {
	for _, site := range r.Sites {
		if site.Now.Probe != nil && site.Now.Probe.AtEdge {
			warnings = append(warnings, fmt.Sprintf("step %d, %s: the classifier's penalty %.3g is at the edge of those tried", step, site.Name, site.Now.Probe.Ridge))
		}
		if site.Now.Lost() {
			warnings = append(warnings, fmt.Sprintf("step %d, %s: not finite, so without numbers", step, site.Name))
		}
	}
	return warnings
}

func (f *featuresWork) end() error {
	err := f.meter.Close()
	f.meter, f.start = nil, nil
	if err != nil {
		return errors.Join(errors.New("cannot free the samples"), err)
	}
	return nil
}
