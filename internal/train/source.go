// SPDX-License-Identifier: Apache-2.0

package train

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"revgn/data"
	"revgn/internal/config"
	samples "revgn/internal/prepare"
)

// loadData reads or computes the data set and does to it what the options ask for, before anything is trained.
func (s *session) loadData(ctx context.Context) error {
	err := wait(s.ui, "loading "+s.opts.Dataset, func() (err error) {
		s.source, err = data.Open(ctx, s.opts.Dataset, s.opts.DataDir, data.Options{TrainSize: s.opts.TrainSize})
		return err
	})
	if errors.Is(err, fs.ErrNotExist) && !errors.Is(err, data.ErrMissing) {
		return fmt.Errorf("%w (see --dataset: a FILE is sought from the working directory)", err)
	}
	if err != nil {
		return err
	}
	for _, warning := range s.source.Warnings {
		s.warn(warning)
	}
	s.batch = s.opts.Batch(s.source.Train.Len())
	if n := s.source.Train.Len(); s.batch > n {
		return fmt.Errorf("batch-size %d: %s has %d training samples (use --batch-size %d or less, or --full-batch)", s.batch, s.source.Name, n, n)
	}
	// Asked before whitening, which may take minutes.
	if err := s.augment().Check(s.source.Train); err != nil {
		return err
	}
	if err := s.addLabelNoise(); err != nil {
		return err
	}
	if s.opts.Whiten == config.WhitenNone {
		return nil
	}
	return samples.Whiten(ctx, s.source, samples.Kind(s.opts.Whiten), func(what string, work func() error) error { return wait(s.ui, what, work) })
}

// augment is what varies the training samples.
func (s *session) augment() data.Augment {
	a := s.opts.Augment
	return data.Augment{Crop: a.Crop, Flip: a.Flip, Noise: a.Noise, Seed: s.opts.Seed}
}

// addLabelNoise replaces training labels; evaluations of the training set see the replaced ones too.
func (s *session) addLabelNoise() error {
	p, set := s.opts.LabelNoise, s.source.Train
	if p == 0 {
		return nil
	}
	noisy, replaced, err := data.NoisyLabels(set.Y, set.Classes, p, s.opts.Seed)
	if err != nil {
		return err
	}
	set.Y = noisy
	s.source.Notes = append(s.source.Notes, fmt.Sprintf("label noise %v replaces %d of %d training labels; test labels stay", p, replaced, set.Len()))
	return nil
}
