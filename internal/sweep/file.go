// SPDX-License-Identifier: Apache-2.0

package sweep

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"revgn/internal/config"
	"revgn/internal/nearest"
	"revgn/internal/yamltext"
)

// ReadDefinition reads a file with the keys fixed, axes, zip and when:
//
//	fixed: {preset: mnist-minibatch, epochs: 5}
//	axes:
//	  optimizer: [gn, adam]
//	  seed: 0..4
//	zip:
//	  - hidden: [1000, 2000]
//	    batch-size: [500, 1000]
//	when:
//	  - if: {optimizer: gn}
//	    axes: {lr: [0.25, 0.5], curvature: [identity, exact]}
//	  - if: {optimizer: [adam, adamw]}
//	    axes: {lr: "1e-4..1e-2:log5"}
func ReadDefinition(path string) (Definition, []byte, error) {
	text, err := yamltext.Read(path)
	if err != nil {
		return Definition{}, nil, err
	}
	d, err := ParseDefinition(path, text)
	return d, text, err
}

// ParseDefinition reads the text of such a file.
func ParseDefinition(path string, text []byte) (Definition, error) {
	pairs, err := yamltext.Parse(path, text)
	if err != nil {
		return Definition{}, err
	}
	r := reader{path}
	base, err := r.group(pairs, "when")
	if err != nil {
		return Definition{}, err
	}
	d := Definition{[]Group{base}}
	for _, p := range pairs {
		if p.Key != "when" {
			continue
		}
		nodes, err := r.items(p)
		if err != nil {
			return d, err
		}
		for _, n := range nodes {
			g, err := r.conditional(n)
			if err != nil {
				return d, err
			}
			d.Groups = append(d.Groups, g)
		}
	}
	if len(d.axisNames()) == 0 && len(base.Fixed) == 0 {
		return d, fmt.Errorf("%s names no axis; it has the keys fixed, axes, zip and when, such as `axes: {lr: [0.1, 1], seed: 0..4}`", path)
	}
	return d, nil
}

// reader reads the nodes of one file.
type reader struct{ path string }

func (r reader) conditional(n ast.Node) (Group, error) {
	pairs, err := yamltext.Mapping(r.path, n)
	if err != nil {
		return Group{}, err
	}
	g, err := r.group(pairs, "if")
	if err != nil {
		return g, err
	}
	for _, p := range pairs {
		if p.Key == "if" {
			g.If, err = r.axes(p.Value)
		}
	}
	if err == nil && len(g.If) == 0 {
		err = fmt.Errorf("%s line %d: when: want an if, such as `if: {optimizer: gn}`", r.path, yamltext.Line(n))
	}
	return g, err
}

// group reads fixed, axes and zip; more is a key that someone else reads.
func (r reader) group(pairs []yamltext.Pair, more string) (g Group, err error) {
	for _, p := range pairs {
		switch p.Key {
		case "fixed":
			g.Fixed, err = r.axes(p.Value)
		case "axes":
			g.Axes, err = r.axes(p.Value)
		case "zip":
			g.Zips, err = r.zips(p)
		case more:
		default:
			known := []string{"fixed", "axes", "zip", more}
			hint := nearest.Hint(p.Key, known)
			if Options().Lookup(p.Key) != nil {
				hint = "; options of train stand below fixed: where they have one value, below axes: where they have several"
			}
			err = fmt.Errorf("%s line %d: unknown key %q; allowed: %s%s", r.path, p.Line, p.Key, strings.Join(known, ", "), hint)
		}
		if err != nil {
			return g, err
		}
	}
	return g, g.check()
}

func (r reader) zips(p yamltext.Pair) ([][]Axis, error) {
	if _, ok := p.Value.(*ast.SequenceNode); !ok { // one group needs no list
		one, err := r.axes(p.Value)
		return [][]Axis{one}, err
	}
	nodes, err := r.items(p)
	if err != nil {
		return nil, err
	}
	var zips [][]Axis
	for _, n := range nodes {
		axes, err := r.axes(n)
		if err != nil {
			return nil, err
		}
		zips = append(zips, axes)
	}
	return zips, nil
}

func (r reader) items(p yamltext.Pair) ([]ast.Node, error) {
	list, ok := p.Value.(*ast.SequenceNode)
	if !ok {
		return nil, fmt.Errorf("%s line %d: %s: want a list, each item after a dash", r.path, p.Line, p.Key)
	}
	return list.Values, nil
}

func (r reader) axes(n ast.Node) ([]Axis, error) {
	pairs, err := yamltext.Mapping(r.path, n)
	if err != nil {
		return nil, err
	}
	var axes []Axis
	for _, p := range pairs {
		a := Axis{Name: p.Key, Where: fmt.Sprintf("%s line %d", r.path, p.Line)}
		f := Options().Lookup(p.Key)
		if f == nil {
			return nil, fmt.Errorf("%s: %w", a.Where, unknownOption(p.Key))
		}
		list := f.Value.(*config.List)
		if err := r.values(list, p.Value); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", a.Where, p.Key, err)
		}
		a.Values = slices.Clone(list.Values())
		axes = append(axes, a)
	}
	return axes, nil
}

// values reads a list of YAML, each item one value or a range, or text as a flag has it.
func (r reader) values(list *config.List, n ast.Node) error {
	if text, ok := yamltext.Scalar(n); ok {
		return list.Set(text)
	}
	sequence, ok := n.(*ast.SequenceNode)
	if !ok {
		return fmt.Errorf("want a value or a list of values, got a %s", yamltext.Kind(n))
	}
	var texts []string
	for _, v := range sequence.Values {
		text, ok := yamltext.Scalar(v)
		if !ok {
			return fmt.Errorf("want a value in the list, got a %s", yamltext.Kind(v))
		}
		texts = append(texts, text)
	}
	return list.SetEach(texts)
}
