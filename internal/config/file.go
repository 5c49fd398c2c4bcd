// SPDX-License-Identifier: Apache-2.0

package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/spf13/pflag"

	"revgn/internal/nearest"
)

// A config file is a page of text. The parser (goccy/go-yaml v1.19.2) takes time and memory by the square of how deep a text goes: 64 KiB of
// opening brackets cost it 20 seconds and 6 GiB.
const (
	maxFile     = 16 << 10
	maxBrackets = 100
)

// readFile reads the settings of a YAML file: one mapping of option names to
// single values.
func readFile(path string) ([]setting, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("config: %w; write one with the keys of `revgn train --help`", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	return parseFile(path, text)
}

// checkText refuses what is no config file, before the parser sees it.
func checkText(path string, text []byte) error {
	switch n := bytes.Count(text, []byte("[")) + bytes.Count(text, []byte("{")); {
	case len(text) > maxFile:
		return fmt.Errorf("config: %s is larger than %d bytes; is it a config file?", path, maxFile)
	case bytes.ContainsRune(text, 0):
		return fmt.Errorf("config: %s holds NUL bytes; is it a config file?", path)
	case n > maxBrackets:
		return fmt.Errorf("config: %s holds %d opening brackets, want at most %d; is it a config file?", path, n, maxBrackets)
	}
	return nil
}

func parseFile(path string, text []byte) ([]setting, error) {
	if err := checkText(path, text); err != nil {
		return nil, err
	}
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, yamlError(path, err)
	}
	if len(file.Docs) > 1 {
		return nil, fmt.Errorf("config: %s holds %d YAML documents; allowed: one", path, len(file.Docs))
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return nil, nil
	}
	var pairs []*ast.MappingValueNode
	switch body := file.Docs[0].Body.(type) {
	case *ast.MappingNode:
		pairs = body.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{body}
	case *ast.CommentGroupNode:
		return nil, nil
	default:
		return nil, fmt.Errorf("config: %s line %d: want lines of `option: value`", path, line(body))
	}
	return settings(path, pairs)
}

func settings(path string, pairs []*ast.MappingValueNode) ([]setting, error) {
	o := Default()
	known := fileKeys(o.flagSet())
	seen := map[string]string{}
	var out []setting
	for _, pair := range pairs {
		where := fmt.Sprintf("config: %s line %d", path, line(pair.Key))
		key, ok := scalar(pair.Key)
		switch {
		case !ok:
			return nil, fmt.Errorf("%s: want the name of an option, got %.60q", where, pair.Key.String())
		case !slices.Contains(known, key):
			return nil, fmt.Errorf("%s: unknown key %.60q%s (see `revgn train --help`)", where, key, nearest.Hint(key, known))
		case seen[key] != "":
			return nil, fmt.Errorf("%s: key %q stands twice, first at %s", where, key, seen[key])
		}
		seen[key] = fmt.Sprintf("line %d", line(pair.Key))
		value, ok := scalar(pair.Value)
		if !ok {
			return nil, fmt.Errorf("%s: %s: want a single value, got a %s", where, key, strings.ToLower(pair.Value.Type().String()))
		}
		out = append(out, setting{key, value, where})
	}
	return out, nil
}

// fileKeys are the options that a file may hold. config would be a file that
// names another; out is where one run went, which a second cannot share, and resume
// speaks of what is there; mlflow is a place outside the run, which nobody but the
// user may name: not a run directory from elsewhere.
func fileKeys(fs *pflag.FlagSet) []string {
	var keys []string
	fs.VisitAll(func(f *pflag.Flag) {
		if !slices.Contains([]string{"config", "out", "resume", "mlflow"}, f.Name) {
			keys = append(keys, f.Name)
		}
	})
	return keys
}

// scalar returns the text of a plain, quoted or block scalar as it was written:
// the option's own parser, not YAML, decides what `1e-3` or `yes` means.
func scalar(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	}
	return "", false
}

func line(n ast.Node) int {
	if t := n.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line
	}
	return 0
}

// yamlError makes one line of the parser's report, which quotes the source.
func yamlError(path string, err error) error {
	var y yaml.Error
	if errors.As(err, &y) && y.GetToken() != nil && y.GetToken().Position != nil {
		return fmt.Errorf("config: %s line %d: not YAML: %s", path, y.GetToken().Position.Line, y.GetMessage())
	}
	text, _, _ := strings.Cut(err.Error(), "\n")
	return fmt.Errorf("config: %s: not YAML: %s", path, text)
}
