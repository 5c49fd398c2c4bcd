// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"
	"slices"

	"github.com/spf13/pflag"

	"revgn/internal/nearest"
	"revgn/internal/yamltext"
)

// readFile reads the settings of a YAML file: one mapping of option names to
// single values.
func readFile(path string) ([]setting, error) {
	text, err := yamltext.Read(path)
	if err != nil {
		return nil, fmt.Errorf("config: %w; write one with the keys of `revgn train --help`", err)
	}
	return parseFile(path, text)
}

func parseFile(path string, text []byte) ([]setting, error) {
	pairs, err := yamltext.Parse(path, text)
	if err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	o := Default()
	known := fileKeys(o.flagSet())
	var out []setting
	for _, pair := range pairs {
		where := fmt.Sprintf("config: %s line %d", path, pair.Line)
		if !slices.Contains(known, pair.Key) {
			return nil, fmt.Errorf("%s: unknown key %.60q%s (see `revgn train --help`)", where, pair.Key, nearest.Hint(pair.Key, known))
		}
		value, ok := yamltext.Scalar(pair.Value)
		if !ok {
			return nil, fmt.Errorf("%s: %s: want a single value, got a %s", where, pair.Key, yamltext.Kind(pair.Value))
		}
		out = append(out, setting{pair.Key, value, where})
	}
	return out, nil
}

// fileKeys are the options that a file may hold. config would be a file that
// names another; out is where one run went, which a second cannot share; resume
// speaks of what is there; mlflow is a place outside the run, which nobody but the
// person who runs it may name.
func fileKeys(fs *pflag.FlagSet) []string {
	var keys []string
	fs.VisitAll(func(f *pflag.Flag) {
		if !slices.Contains([]string{"config", "out", "resume", "mlflow"}, f.Name) {
			keys = append(keys, f.Name)
		}
	})
	return keys
}
