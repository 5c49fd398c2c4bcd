// SPDX-License-Identifier: Apache-2.0

package train

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"revgn/data"
	"revgn/internal/backend"
	"revgn/internal/config"
	samples "revgn/internal/prepare"
	"revgn/internal/progress"
)

// loadData reads or computes the data set and does to it what the options ask for, before anything is trained.
func (s *session) loadData(ctx context.Context) (err error) {
	s.source, err = OpenData(ctx, s.opts, s.ui, s.warn)
	if err == nil {
		s.batch = s.opts.Batch(s.source.Train.Len())
	}
	return err
}

// OpenData reads or computes the data set of the options and does to it all that does not depend on the epoch: label noise and whitening. It refuses options that
// the data do not allow, and tells warn what is worth a warning.
func OpenData(ctx context.Context, o config.Options, ui progress.Reporter, warn func(string)) (*data.Source, error) {
	var source *data.Source
	err := wait(ui, "loading "+o.Dataset, func() (err error) {
		source, err = data.Open(ctx, o.Dataset, o.DataDir, data.Options{TrainSize: o.TrainSize})
		return err
	})
	if errors.Is(err, fs.ErrNotExist) && !errors.Is(err, data.ErrMissing) {
		return nil, fmt.Errorf("%w (see --dataset: a FILE is sought from the working directory)", err)
	}
	var size *data.SizeError
	switch {
	case errors.As(err, &size):
		return nil, &OptionError{err}
	case err != nil:
		return nil, absent(o, err)
	}
	for _, warning := range source.Warnings {
		warn(warning)
	}
	if n, batch := source.Train.Len(), o.Batch(source.Train.Len()); batch > n {
		return nil, &OptionError{fmt.Errorf("batch-size %d: %s has %d training samples (use --batch-size %d or less, or --full-batch)", batch, source.Name, n, n)}
	}
	// Asked before whitening, which may take minutes.
	if err := augmentOf(o).Check(source.Train); err != nil {
		return nil, &OptionError{err}
	}
	if err := addLabelNoise(o, source); err != nil {
		return nil, err
	}
	if o.Whiten == config.WhitenNone {
		return source, nil
	}
	return source, samples.Whiten(ctx, source, samples.Kind(o.Whiten), func(what string, work func() error) error { return wait(ui, what, work) })
}

// absent is the error of a data set that is not there; where the network is forbidden it does not advise to fetch it.
func absent(o config.Options, err error) error {
	var missing *data.MissingError
	if !errors.As(err, &missing) || !o.Offline && !backend.Offline() {
		return err
	}
	return fmt.Errorf("%s: %w: %s; the network is forbidden (--offline, $%s): copy the files there, or point --data-dir at the folder that holds %s",
		missing.Name, data.ErrMissing, missing.Lacks(), backend.OfflineVariable, missing.Folder)
}

// augment is what varies the training samples.
func (s *session) augment() data.Augment { return augmentOf(s.opts) }

func augmentOf(o config.Options) data.Augment {
	return data.Augment{Crop: o.Augment.Crop, Flip: o.Augment.Flip, Noise: o.Augment.Noise, Seed: o.Seed}
}

// addLabelNoise replaces training labels; evaluations of the training set see the replaced ones too.
func addLabelNoise(o config.Options, source *data.Source) error {
	set := source.Train
	if o.LabelNoise == 0 {
		return nil
	}
	noisy, replaced, err := data.NoisyLabels(set.Y, set.Classes, o.LabelNoise, o.Seed)
	if err != nil {
		return err
	}
	set.Y = noisy
	source.Notes = append(source.Notes, fmt.Sprintf("label noise %v replaces %d of %d training labels; test labels stay", o.LabelNoise, replaced, set.Len()))
	return nil
}
