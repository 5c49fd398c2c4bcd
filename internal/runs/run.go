// SPDX-License-Identifier: Apache-2.0

package runs

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/spf13/pflag"

	"revgn/data"
	"revgn/internal/config"
	"revgn/internal/progress"
	"revgn/internal/record"
	"revgn/internal/train"
	"revgn/model"
)

// Run is a run directory and the network that it describes.
type Run struct {
	*record.Reader
	Options  config.Options
	Manifest record.Manifest
	Network  model.Config
}

// Open reads what a run directory says of its network. Weights and data are read when they are asked for.
func Open(dir string) (*Run, error) {
	reader, err := record.Open(dir)
	if err != nil {
		return nil, err
	}
	r := &Run{Reader: reader}
	if r.Options, err = storedOptions(filepath.Join(dir, "config.yaml")); err != nil {
		return nil, err
	}
	if r.Manifest, err = reader.Manifest(); err != nil {
		return nil, err
	}
	r.Network = train.NetworkConfig(r.Options, r.Manifest.Features, r.Manifest.Classes)
	if err := r.Network.Validate(); err != nil {
		return nil, fmt.Errorf("%s: config.yaml and manifest.json describe no network: %w", dir, err)
	}
	if err := fits(r.Network); err != nil {
		return nil, fmt.Errorf("%s: config.yaml and manifest.json describe a network that cannot be loaded: %w", dir, err)
	}
	return r, nil
}

// storedOptions reads the options of a run from its config.yaml.
func storedOptions(path string) (config.Options, error) {
	var o config.Options
	fs := pflag.NewFlagSet("config", pflag.ContinueOnError)
	o.AddFlags(fs)
	if err := fs.Set("config", path); err != nil {
		return config.Options{}, err
	}
	return config.Resolve(fs)
}

// Name is the run's name for tables: the last part of its directory.
func (r *Run) Name() string {
	full, err := filepath.Abs(r.Dir())
	if err != nil {
		full = r.Dir()
	}
	return filepath.Base(full)
}

// Data are the samples as training saw them, whitened and with noisy labels where the run says so, from dataDir, or where that is empty from where the run
// found them. Other data than the run's are an error.
func (r *Run) Data(ctx context.Context, dataDir string, ui progress.Reporter) (*data.Source, error) {
	o := r.Options
	if dataDir != "" {
		o.DataDir = dataDir
	}
	source, err := train.OpenData(ctx, o, ui, func(string) {}) // what was worth a warning was told when the run was made
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.Dir(), err)
	}
	if source.Hash != r.Manifest.DataHash {
		return nil, fmt.Errorf("%s was trained on %s with SHA-256 %.12s…, and %s has %.12s… (give --data-dir the folder that the run used)",
			r.Dir(), r.Manifest.Data, r.Manifest.DataHash, source.Place, source.Hash)
	}
	return source, nil
}
