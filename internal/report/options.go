// SPDX-License-Identifier: Apache-2.0

package report

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Option is an option of a run, its value as config.yaml writes it.
type Option struct{ Name, Value string }

// maxConfig bounds config.yaml, which is a page of text.
const maxConfig = 1 << 20

// parseOptions reads config.yaml without asking what its options mean: the run may be of another version.
func parseOptions(text []byte) ([]Option, error) {
	if len(text) > maxConfig {
		return nil, fmt.Errorf("it has %d bytes, want at most %d", len(text), maxConfig)
	}
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return nil, errors.New(first)
	}
	if len(file.Docs) != 1 {
		return nil, fmt.Errorf("it holds %d YAML documents, want one", len(file.Docs))
	}
	var pairs []*ast.MappingValueNode
	switch n := file.Docs[0].Body.(type) {
	case *ast.MappingNode:
		pairs = n.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{n}
	default:
		return nil, errors.New("want lines of `option: value`")
	}
	options := make([]Option, 0, len(pairs))
	for _, p := range pairs {
		options = append(options, Option{p.Key.GetToken().Value, valueText(p.Value)})
	}
	return options, nil
}

// valueText is a scalar without its quotes, anything else as it was written.
func valueText(n ast.Node) string {
	if s, ok := n.(ast.ScalarNode); ok && n.GetToken() != nil {
		if text, ok := s.GetValue().(string); ok {
			return text
		}
		return n.GetToken().Value
	}
	return n.String()
}

// valueOf is an option's value, "" where the run has no such option.
func valueOf(options []Option, name string) string {
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
		if valueOf(r.Options, name) != valueOf(runs[0].Options, name) {
			return true
		}
	}
	return false
}
