// SPDX-License-Identifier: Apache-2.0

package config

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/spf13/pflag"
)

// Resolved returns the options as the YAML file that --config reads back to the
// same options: every option that decides what the run computes, in the order of
// the flags. Where the run came from and went (config, out) stands in comments,
// so that repeating it does not ask for the same directory.
func (o Options) Resolved() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("# Every option of this run after resolution; `revgn train --config FILE` repeats it.\n")
	fs := o.flagSet()
	keys := fileKeys(fs)
	var err error
	fs.VisitAll(func(f *pflag.Flag) {
		text, quoteErr := yamlScalar(f)
		if quoteErr != nil {
			err = quoteErr
		}
		if !slices.Contains(keys, f.Name) {
			b.WriteString("# ")
		}
		fmt.Fprintf(&b, "%s: %s%s\n", f.Name, text, o.implied(f.Name))
	})
	return b.Bytes(), err
}

// implied is a comment on what an option sets in place of what others say, empty where it sets nothing.
func (o Options) implied(name string) string {
	if name != "legacy" || !o.Legacy {
		return ""
	}
	set := o.WithLegacy()
	return fmt.Sprintf(" # sets rtol %s, carry %v, solver %s", formatFloat(set.Rtol), set.Carry, set.Solver)
}

// yamlScalar writes a flag's value in one line; numbers and truth values stay
// plain, words are quoted where YAML would read them as something else.
func yamlScalar(f *pflag.Flag) (string, error) {
	switch f.Value.(type) {
	case floatValue, intValue, uintValue, boolValue:
		return f.Value.String(), nil
	}
	text, err := yaml.MarshalWithOptions(f.Value.String(), yaml.JSON())
	if err != nil {
		return "", fmt.Errorf("config: %s: %w", f.Name, err)
	}
	return strings.TrimSpace(string(text)), nil
}
