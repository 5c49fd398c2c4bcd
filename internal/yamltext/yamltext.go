// SPDX-License-Identifier: Apache-2.0

// Package yamltext reads the YAML files that people write for the program: mappings whose values are taken as they were written, with the line of every key for
// messages. What a value means is decided by who asked for it, not by YAML: `1e-3` and `yes` stay text.
//
// It refuses, in one line that names file and line: what is no YAML, several documents, keys that stand twice, and files beyond all measure.
package yamltext

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// MaxFile bounds a file, which is a page of text. The parser (goccy/go-yaml v1.19.2) takes time and memory by the square of how deep a text goes: 64 KiB of
// opening brackets cost it 20 seconds and 6 GiB.
const (
	MaxFile     = 16 << 10
	maxBrackets = 100
)

// Pair is a key and its value.
type Pair struct {
	Key   string
	Line  int
	Value ast.Node
}

// Read returns the text of a file.
func Read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	if err != nil {
		return nil, err
	}
	return text, nil
}

// check refuses what is no such file, before the parser sees it.
func check(path string, text []byte) error {
	switch n := bytes.Count(text, []byte("[")) + bytes.Count(text, []byte("{")); {
	case len(text) > MaxFile:
		return fmt.Errorf("%s is larger than %d bytes; is it a config file?", path, MaxFile)
	case bytes.ContainsRune(text, 0):
		return fmt.Errorf("%s holds NUL bytes; is it a config file?", path)
	case n > maxBrackets:
		return fmt.Errorf("%s holds %d opening brackets, want at most %d; is it a config file?", path, n, maxBrackets)
	}
	return nil
}

// Parse returns the mapping that text is; none where it is empty.
func Parse(path string, text []byte) ([]Pair, error) {
	if err := check(path, text); err != nil {
		return nil, err
	}
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, yamlError(path, err)
	}
	if len(file.Docs) > 1 {
		return nil, fmt.Errorf("%s holds %d YAML documents; allowed: one", path, len(file.Docs))
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return nil, nil
	}
	if _, ok := file.Docs[0].Body.(*ast.CommentGroupNode); ok {
		return nil, nil
	}
	return Mapping(path, file.Docs[0].Body)
}

// Mapping returns the pairs of a node that must be a mapping.
func Mapping(path string, n ast.Node) ([]Pair, error) {
	var values []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		return nil, fmt.Errorf("%s line %d: want lines of `option: value`", path, Line(n))
	}
	var pairs []Pair
	seen := map[string]int{}
	for _, v := range values {
		key, ok := Scalar(v.Key)
		if !ok {
			return nil, fmt.Errorf("%s line %d: want the name of an option, got %.60q", path, Line(v.Key), v.Key.String())
		}
		if first := seen[key]; first != 0 {
			return nil, fmt.Errorf("%s line %d: key %.60q stands twice, first at line %d", path, Line(v.Key), key, first)
		}
		seen[key] = Line(v.Key)
		pairs = append(pairs, Pair{key, Line(v.Key), v.Value})
	}
	return pairs, nil
}

// Scalar returns the text of a plain, quoted or block scalar as it was written.
func Scalar(n ast.Node) (string, bool) {
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

// Kind names what a node is, for messages.
func Kind(n ast.Node) string { return strings.ToLower(n.Type().String()) }

// Line is the line of a node, 0 where it is not known.
func Line(n ast.Node) int {
	if t := n.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line
	}
	return 0
}

// yamlError makes one line of the parser's report, which quotes the source.
func yamlError(path string, err error) error {
	var y yaml.Error
	if errors.As(err, &y) && y.GetToken() != nil && y.GetToken().Position != nil {
		return fmt.Errorf("%s line %d: not YAML: %s", path, y.GetToken().Position.Line, y.GetMessage())
	}
	text, _, _ := strings.Cut(err.Error(), "\n")
	return fmt.Errorf("%s: not YAML: %s", path, text)
}
