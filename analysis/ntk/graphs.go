// SPDX-License-Identifier: Apache-2.0

package ntk

import (
	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"revgn/internal/dense"
	"revgn/internal/devices"
	"revgn/model"
)

// frozenGraph is CCᵀ (d, d) of every identity coupling, of an input that it ignores. It does not change with the weights.
func (s sizes) frozenGraph(vars *model.Variables) devices.Function {
	return func(_ *gomlx.Scope, in []*graph.Node) []*graph.Node {
		return s.ofIdentities(vars, in[0].Graph(), func(c *model.Coupling) *graph.Node { return dense.TimesTransposed(c.C, c.C) })
	}
}

// productGraph is CW (d, d) of every identity coupling, of an input that it ignores.
func (s sizes) productGraph(vars *model.Variables) devices.Function {
	return func(_ *gomlx.Scope, in []*graph.Node) []*graph.Node {
		return s.ofIdentities(vars, in[0].Graph(), func(c *model.Coupling) *graph.Node { return graph.MatMul(c.C, c.W) })
	}
}

func (s sizes) ofIdentities(vars *model.Variables, g *graph.Graph, of func(*model.Coupling) *graph.Node) []*graph.Node {
	var out []*graph.Node
	for i, c := range vars.Network(g).Couplings() {
		if s.identity(i) {
			out = append(out, of(c))
		}
	}
	return out
}

// identities is the number of identity couplings.
func (s sizes) identities() int {
	n := 0
	for c := range s.constant {
		if s.identity(c) {
			n++
		}
	}
	return n
}

// blockGraph is what is kept of a block of samples x (b, D), from the CCᵀ and, unless they are gone through apart, the CW of the identity couplings: for every
// coupling the two factors of its Gram matrix, one where they are the same, and δ.
//
//	identity coupling   x(CCᵀ) and x     (b, d) each
//	others              Φ without ones   (b, h)
//	δ                   (K, d) where it is constant; else (K, b, d) for a full kernel, (b, Kd) for a traced one
func (s sizes) blockGraph(vars *model.Variables) devices.Function {
	return func(_ *gomlx.Scope, in []*graph.Node) []*graph.Node {
		x, frozen, products := in[0], in[1:1+s.identities()], in[1+s.identities():]
		net := vars.Network(x.Graph())
		for i, c := range net.Couplings() {
			switch {
			case s.identity(i) && s.apart:
				c.Apart = true
			case s.identity(i):
				c.Product, products = products[0], products[1:]
			}
		}
		trace := net.At(x)
		deltas := allCotangents(trace)
		var kept []*graph.Node
		for i, p := range trace.Points() {
			if s.identity(i) {
				kept = append(kept, graph.MatMul(p.X, frozen[0]), p.X)
				frozen = frozen[1:]
			} else {
				kept = append(kept, p.Phi)
			}
			kept = append(kept, s.laidOut(deltas[i].node))
		}
		return kept
	}
}

// laidOut is δ as a tile's product wants it.
func (s sizes) laidOut(delta *graph.Node) *graph.Node {
	if delta.Rank() == 2 || s.full {
		return delta
	}
	k, b, d := delta.Shape().Dim(0), delta.Shape().Dim(1), delta.Shape().Dim(2)
	return graph.Reshape(graph.TransposeAllAxes(delta, 1, 0, 2), b, k*d)
}

// tileInput is what a tile's graph takes of a coupling: a factor of its Gram matrix and a δ of the rows' block and of the columns'.
type tileInput struct{ left, right, rows, cols *graph.Node }

// tileGraph is a tile of the kernel. Its inputs are 1 for every sample of the probe set and 0 for what fills a block up, (b) for the rows and the columns, and a
// tileInput for every coupling. The outputs are
//
//	parts (2L, b, b)      Σ_k Θ_c[(n,k),(m,k)] of every coupling
//	tile (K, b, K, b)     Σ_c Θ_c[(n,k),(m,j)] as [k,n,j,m], of a full kernel alone
//
// XLA makes one pass over the tile's entries after the products, with the classes outside so that its inner loop runs along samples.
func (s sizes) tileGraph() devices.Function {
	return func(_ *gomlx.Scope, in []*graph.Node) []*graph.Node {
		mask := graph.Mul(graph.ExpandAxes(in[0], 1), graph.ExpandAxes(in[1], 0))
		in = in[2:]
		var parts []*graph.Node
		var tile *graph.Node
		for c := range s.constant {
			i := tileInput{in[4*c], in[4*c+1], in[4*c+2], in[4*c+3]}
			gram := dense.TimesTransposed(i.left, i.right)
			if s.config.Bias {
				gram = graph.OnePlus(gram)
			}
			gram = graph.Mul(gram, mask)
			part, whole := s.part(c, gram, i)
			parts = append(parts, part)
			if s.full {
				tile = sum(tile, whole)
			}
		}
		out := []*graph.Node{graph.Stack(parts, 0)}
		if s.full {
			out = append(out, tile)
		}
		return out
	}
}

// part is a coupling's part of the traced tile (b, b), and for a full kernel that of the tile (K, b, K, b).
func (s sizes) part(c int, gram *graph.Node, i tileInput) (traced, whole *graph.Node) {
	k, b := s.config.Classes, s.rows
	if s.constant[c] {
		outer := dense.TimesTransposed(i.rows, i.cols) // (K, K)
		if s.full {
			whole = graph.Mul(graph.Reshape(gram, 1, b, 1, b), graph.Reshape(outer, k, 1, k, 1))
		}
		return graph.Mul(gram, graph.BroadcastToDims(dense.Trace(outer), b, b)), whole
	}
	if !s.full {
		return graph.Mul(gram, dense.TimesTransposed(i.rows, i.cols)), nil
	}
	d := s.config.Half()
	pairs := dense.TimesTransposed(graph.Reshape(i.rows, k*b, d), graph.Reshape(i.cols, k*b, d))
	pairs = graph.Reshape(pairs, k, b, k, b)
	for j := range k {
		class := graph.Slice(pairs, graph.AxisRange(j, j+1), graph.AxisRange(), graph.AxisRange(j, j+1), graph.AxisRange())
		traced = sum(traced, graph.Reshape(class, b, b))
	}
	return graph.Mul(gram, traced), graph.Mul(pairs, graph.Reshape(gram, 1, b, 1, b))
}

// sum adds where a may be absent.
func sum(a, b *graph.Node) *graph.Node {
	if a == nil {
		return b
	}
	return graph.Add(a, b)
}
