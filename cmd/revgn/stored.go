// SPDX-License-Identifier: Apache-2.0

package main

import (
	"github.com/spf13/pflag"

	"revgn/internal/config"
)

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
