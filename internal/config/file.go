// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/pflag"

	"revgn/internal/nearest"
	"revgn/internal/yamltext"
)

// readFile reads the settings of a YAML file: one mapping of option names to
// single values.
func readFile(path string) ([]setting, error) {
	text, err := yamltext.Read(path)
	if inside := filepath.Join(path, "config.yaml"); err != nil && isFile(inside) {
		return nil, fmt.Errorf("config: %s is a directory; did you mean %s?", path, inside)
	}
	if err != nil {
		return nil, fmt.Errorf("config: %w; write one with the keys of `revgn train --help`", err)
	}
	return parseFile(path, text)
}

func isFile(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.Mode().IsRegular()
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
			return nil, fmt.Errorf("%s: %w (see `revgn train --help`)", where, unknownKey(pair.Key, known))
		}
		value, ok := yamltext.Scalar(pair.Value)
		if !ok {
			return nil, fmt.Errorf("%s: %s: want a single value, got a %s", where, pair.Key, yamltext.Kind(pair.Value))
		}
		out = append(out, setting{pair.Key, value, where})
	}
	return out, nil
}

// unknownKey says what may have been meant by a key that is none.
func unknownKey(key string, known []string) error {
	if slices.Contains(commandLineOnly(), key) {
		return fmt.Errorf("unknown key %q: it belongs to the command line, as --%[1]s", key)
	}
	return fmt.Errorf("unknown key %.60q%s", key, nearest.Hint(key, known))
}

// commandLineOnly are the options that no file may hold. config would be a file that
// names another; out is where one run went, which a second cannot share; resume
// speaks of what is there; mlflow is a place outside the run, which nobody but the
// person who runs it may name.
func commandLineOnly() []string { return []string{"config", "out", "resume", "mlflow"} }

// fileKeys are the options that a file may hold.
func fileKeys(fs *pflag.FlagSet) []string {
	var keys []string
	fs.VisitAll(func(f *pflag.Flag) {
		if !slices.Contains(commandLineOnly(), f.Name) {
			keys = append(keys, f.Name)
		}
	})
	return keys
}
