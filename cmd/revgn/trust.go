// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"

	"github.com/spf13/pflag"

	"revgn/internal/backend"
	"revgn/internal/backend/plugin"
	"revgn/internal/config"
	"revgn/internal/record"
)

// trustBackend refuses a plugin that only a file names. Loading a plugin runs its code, and the file may be a stranger's, such as the config.yaml of a run that was
// sent around. What `revgn backend install` has put in place, unchanged, is as good as its name.
func trustBackend(flags *pflag.FlagSet, o config.Options) error {
	if !backend.IsPath(o.Backend) || flags.Changed("backend") || installed(o.Backend) {
		return nil
	}
	file := o.Config
	if o.Resume {
		file = record.ConfigPath(o.Out)
	}
	return fmt.Errorf("backend: %s names the plugin %s, and loading it would run its code; if you trust it give --backend %[2]s yourself", file, o.Backend)
}

// installed tells whether a path is that of an installed plugin which fits its receipt.
func installed(path string) bool {
	st, err := os.Stat(path)
	if err != nil {
		return false
	}
	for _, device := range plugin.Devices() {
		found, ok := plugin.Find(plugin.Dirs(), device)
		if !ok {
			continue
		}
		other, err := os.Stat(found)
		if err != nil || !os.SameFile(st, other) || plugin.CheckPlace(found) != nil {
			continue
		}
		_, receipt, err := plugin.Verify(found)
		return err == nil && receipt != nil
	}
	return false
}
