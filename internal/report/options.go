// SPDX-License-Identifier: Apache-2.0

package report

import (
	"slices"

	"revgn/internal/yamltext"
)

// Option is an option of a run, its value as config.yaml writes it.
type Option struct{ Name, Value string }

// parseOptions reads config.yaml without asking what its options mean: the run may be of another version.
func parseOptions(text []byte) ([]Option, error) {
	pairs, err := yamltext.Parse("config.yaml", text)
	if err != nil {
		return nil, err
	}
	options := make([]Option, 0, len(pairs))
	for _, p := range pairs {
		value, ok := yamltext.Scalar(p.Value)
		if !ok {
			value = p.Value.String()
		}
		options = append(options, Option{p.Key, value})
	}
	return options, nil
}

// ValueOf is an option's value, "" where the run has no such option.
func ValueOf(options []Option, name string) string {
	for _, o := range options {
		if o.Name == name {
			return o.Value
		}
	}
	return ""
}

// besideTheRun tells options that say where a run lies, how it is told and how long it may take: they decide no number, and runs that differ in them alone are
// repetitions of each other.
func besideTheRun(name string) bool {
	return slices.Contains([]string{"config", "data-dir", "out", "name", "resume", "offline", "log-format", "checkpoint-every", "time-limit", "memory-limit"}, name)
}

// seedOption is what the runs of a group differ in.
const seedOption = "seed"

// differing returns the names of the options in which runs differ, in the order in which they first stand.
func differing(runs []*Run) []string {
	var names []string
	for _, r := range runs {
		for _, o := range r.Options {
			if !besideTheRun(o.Name) && !slices.Contains(names, o.Name) && differs(runs, o.Name) {
				names = append(names, o.Name)
			}
		}
	}
	return names
}

func differs(runs []*Run, name string) bool {
	for _, r := range runs[1:] {
		if ValueOf(r.Options, name) != ValueOf(runs[0].Options, name) {
			return true
		}
	}
	return false
}
