// SPDX-License-Identifier: Apache-2.0

package model

import "github.com/gomlx/gomlx/core/graph"

// Stream is a value, a tangent or a cotangent of the residual stream, cut in its halves.
type Stream struct {
	A, B *graph.Node // (B, d) each
}

// Split cuts x (B, D) into halves.
func Split(x *graph.Node) Stream {
	d := x.Shape().Dim(1) / 2
	return Stream{
		A: graph.Slice(x, graph.AxisRange(), graph.AxisRange(0, d)),
		B: graph.Slice(x, graph.AxisRange(), graph.AxisRange(d)),
	}
}

// Join is the (B, D) whole of the halves.
func (s Stream) Join() *graph.Node { return graph.Concatenate([]*graph.Node{s.A, s.B}, 1) }

// Plus is s + t.
func (s Stream) Plus(t Stream) Stream { return Stream{graph.Add(s.A, t.A), graph.Add(s.B, t.B)} }

// Minus is s - t.
func (s Stream) Minus(t Stream) Stream { return Stream{graph.Sub(s.A, t.A), graph.Sub(s.B, t.B)} }

// Scaled is factor·s.
func (s Stream) Scaled(factor float64) Stream {
	return Stream{graph.MulScalar(s.A, factor), graph.MulScalar(s.B, factor)}
}

// SquaredNorm is ‖s‖², a scalar.
func (s Stream) SquaredNorm() *graph.Node { return s.Dot(s) }

// Dot is the inner product <s, t>, a scalar.
func (s Stream) Dot(t Stream) *graph.Node {
	return graph.Add(graph.ReduceAllSum(graph.Mul(s.A, t.A)), graph.ReduceAllSum(graph.Mul(s.B, t.B)))
}

// Block is a pair of couplings: y1 = x1 + F(x2), y2 = x2 + G(y1).
type Block struct {
	F, G *Coupling
}

// BlockPoint is a block evaluated on a batch.
type BlockPoint struct {
	F, G *Point // F at x2, G at y1
	X, Y Stream // what went in and what comes out
}

// At maps x to y through the block.
func (b Block) At(x Stream) *BlockPoint {
	f := b.F.At(x.B)
	y1 := graph.Add(x.A, f.Out)
	g := b.G.At(y1)
	return &BlockPoint{F: f, G: g, X: x, Y: Stream{y1, graph.Add(x.B, g.Out)}}
}

// Inverse maps y back to x: x2 = y2 - G(y1), x1 = y1 - F(x2).
func (b Block) Inverse(y Stream) Stream {
	x2 := graph.Sub(y.B, b.G.At(y.A).Out)
	return Stream{graph.Sub(y.A, b.F.At(x2).Out), x2}
}

// Tangent maps a tangent at the input to one at the output: ṗ1 = ṡ1 + DF(x2)[ṡ2], ṗ2 = ṡ2 + DG(y1)[ṗ1].
func (p *BlockPoint) Tangent(s Stream) Stream {
	p1 := graph.Add(s.A, p.F.Tangent(s.B))
	return Stream{p1, graph.Add(s.B, p.G.Tangent(p1))}
}

// InverseTangent maps a tangent at the output to one at the input: ṡ2 = t2 - DG(y1)[t1], ṡ1 = t1 - DF(x2)[ṡ2].
func (p *BlockPoint) InverseTangent(t Stream) Stream {
	return p.InverseTangentWith(t, p.G.Tangent(t.A))
}

// InverseTangentOfProduct is InverseTangent of the tangent s V, s (B, k), V (k, D), which costs one product with C less where k is small.
func (p *BlockPoint) InverseTangentOfProduct(s, v *graph.Node) Stream {
	halves := Split(v)
	t := Stream{graph.MatMul(s, halves.A), graph.MatMul(s, halves.B)}
	return p.InverseTangentWith(t, p.G.TangentOfProduct(s, halves.A))
}

// InverseTangentWith is InverseTangent with DG(y1)[t1] given, for who has another use for it.
func (p *BlockPoint) InverseTangentWith(t Stream, dg *graph.Node) Stream {
	s2 := graph.Sub(t.B, dg)
	return Stream{graph.Sub(t.A, p.F.Tangent(s2)), s2}
}

// Undo maps the output y of the block back to its input, and the tangent t there to the one at the input. It computes the features of each coupling once.
func (b Block) Undo(y, t Stream) (x, tangent Stream) {
	g := b.G.At(y.A)
	x.B = graph.Sub(y.B, g.Out)
	tangent.B = graph.Sub(t.B, g.Tangent(t.A))
	f := b.F.At(x.B)
	x.A = graph.Sub(y.A, f.Out)
	tangent.A = graph.Sub(t.A, f.Tangent(tangent.B))
	return x, tangent
}

// Adjoint maps a cotangent at the output to one at the input, and to the cotangents (g at F's output, g at G's output):
// ḡ1 = g1 + DG(y1)ᵀ g2; gx1 = ḡ1, gx2 = g2 + DF(x2)ᵀ ḡ1.
func (p *BlockPoint) Adjoint(g Stream) (gx Stream, atF, atG *graph.Node) {
	g1 := graph.Add(g.A, p.G.Adjoint(g.B))
	return Stream{g1, graph.Add(g.B, p.F.Adjoint(g1))}, g1, g.B
}
