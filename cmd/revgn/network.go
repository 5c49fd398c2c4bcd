// SPDX-License-Identifier: Apache-2.0

package main

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/spf13/pflag"

	"revgn/internal/config"
	"revgn/model"
)

// networkConfig is the network that the options ask for on data of that many
// features (D) and classes (K).
func networkConfig(o config.Options, features, classes int) model.Config {
	dtype := dtypes.Float32
	if o.DType == config.F64 {
		dtype = dtypes.Float64
	}
	return model.Config{
		Width: features, Classes: classes,
		Blocks: o.Blocks, Hidden: o.Hidden,
		Activation: model.Activation(o.Activation), FirstActivation: model.Activation(o.FirstActivation),
		InitStd: o.InitStd, ProjGain: o.ProjGain, Bias: o.Bias,
		DType: dtype, Seed: o.Seed,
	}
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
