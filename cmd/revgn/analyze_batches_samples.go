// SPDX-License-Identifier: Apache-2.0

package main

import (
	"revgn/analysis"
	"revgn/analysis/batches"
	"revgn/internal/train"
)

// samples are the batches around a checkpoint as the run sees them; shared counts the samples that are in more than one of those that are stepped on.
func (b *batchesStudy) samples(s *subject) (samples batches.Samples, shared int, err error) {
	samples.Heldout = s.probe
	seen := map[int]int{}
	batch := func(step int) (p analysis.Probe, idx []int, err error) {
		idx, x, y, err := train.BatchOf(s.run.Options, s.source.Train, step)
		if err != nil {
			return p, nil, err
		}
		p, err = analysis.NewProbe(s.source.Name, "train", x, y, s.source.Train.Classes)
		return p, idx, err
	}
	step := s.weights.Step
	for i := range b.options.batches {
		p, idx, err := batch(step + 1 + i)
		if err != nil {
			return samples, 0, err
		}
		samples.Steps = append(samples.Steps, p)
		for _, sample := range idx {
			if seen[sample]++; seen[sample] == 2 {
				shared++
			}
		}
	}
	after, _, err := batch(step + 1 + b.options.batches)
	if err != nil {
		return samples, 0, err
	}
	samples.After = &after
	if step > 0 {
		before, _, err := batch(step)
		if err != nil {
			return samples, 0, err
		}
		samples.Before = &before
	}
	return samples, shared, nil
}
