// SPDX-License-Identifier: Apache-2.0

package sites

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gomlx/gomlx/core/graph"

	"revgn/model"
)

// Kind is what a site shows of the network.
type Kind string

// The kinds of sites; the package's table says what each is.
const (
	Input    Kind = "input"
	Stream   Kind = "stream"
	Branch   Kind = "branch"
	Features Kind = "features"
	Logits   Kind = "logits"
)

// Kinds lists the kinds there are, in the order of the forward pass.
func Kinds() []Kind { return []Kind{Input, Features, Branch, Stream, Logits} }

// ParseKinds reads a list of kinds, each once and in the order of Kinds; nothing, or the single word "all", stands for all of them.
func ParseKinds(names []string) ([]Kind, error) {
	if len(names) == 0 || len(names) == 1 && names[0] == "all" {
		return Kinds(), nil
	}
	for _, name := range names {
		if !slices.Contains(Kinds(), Kind(name)) {
			return nil, fmt.Errorf("unknown kind of site %q (allowed: %s, all)", name, join(Kinds()))
		}
	}
	return slices.DeleteFunc(Kinds(), func(k Kind) bool { return !slices.Contains(names, string(k)) }), nil
}

func join(kinds []Kind) string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = string(k)
	}
	return strings.Join(names, ", ")
}

// None is the Coupling of a site that belongs to no coupling.
const None = -1

// Site is a place in the network.
type Site struct {
	Name     string `json:"name"`     // block0.f.features
	Coupling int    `json:"coupling"` // of features and branch their coupling, of a stream the block's G, which completes it; None for input and logits
	Kind     Kind   `json:"kind"`
}

// Sites lists the sites of the kinds in the order of the forward pass.
func Sites(config model.Config, kinds []Kind) []Site {
	var list []Site
	add := func(name string, coupling int, kind Kind) {
		if slices.Contains(kinds, kind) {
			list = append(list, Site{name, coupling, kind})
		}
	}
	add("input", None, Input)
	for i := range config.Couplings() {
		name := model.CouplingName(i)
		add(name+".features", i, Features)
		add(name+".branch", i, Branch)
		if i%2 == 1 {
			add(fmt.Sprintf("block%d.stream", i/2), i, Stream)
		}
	}
	add("logits", None, Logits)
	return list
}

// Columns is the number of columns of a site.
func Columns(config model.Config, site Site) int {
	switch site.Kind {
	case Features:
		return config.Hidden
	case Branch:
		return config.Half()
	case Logits:
		return config.Classes
	}
	return config.Width
}

// Of is the site's matrix (n, Columns) in a trace on n samples, in the dtype of the network. It panics on a site that the network does not have, while the
// graph is built.
func Of(trace *model.Trace, site Site) *graph.Node {
	switch site.Kind {
	case Input:
		return trace.Blocks[0].X.Join()
	case Logits:
		return trace.Logits
	case Features:
		p := trace.Points()[site.Coupling]
		if p.Phi == nil {
			return graph.MatMul(p.X, p.Coupling.C)
		}
		return p.Phi
	case Branch:
		return trace.Points()[site.Coupling].Out
	case Stream:
		block := site.Coupling / 2
		if block == len(trace.Blocks)-1 {
			return trace.Out.Join()
		}
		return trace.Blocks[block].Y.Join()
	}
	panic(fmt.Sprintf("site %q: unknown kind %q (allowed: %s)", site.Name, site.Kind, join(Kinds())))
}
