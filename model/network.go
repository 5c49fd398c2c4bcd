// SPDX-License-Identifier: Apache-2.0

package model

import "github.com/gomlx/gomlx/core/graph"

// Network holds the weights of a network as nodes of a graph.
type Network struct {
	Blocks []Block     // where features and slopes are taken: at the weights, but for a linearised network at those it starts from
	U      *graph.Node // (D, K): what maps a tangent of the stream to one of the logits, the frozen readout times the output scale
	anchor *anchor     // nil for a network that is neither linearised nor scaled
}

// Couplings lists the couplings in order: block 0's F, block 0's G, block 1's F, …
func (n *Network) Couplings() []*Coupling {
	all := make([]*Coupling, 0, 2*len(n.Blocks))
	for _, b := range n.Blocks {
		all = append(all, b.F, b.G)
	}
	return all
}

// Trace is a network evaluated on a batch.
type Trace struct {
	Net    *Network
	Blocks []*BlockPoint
	Out    Stream      // the stream after the last block; of a linearised network its first-order value
	Logits *graph.Node // (B, K)
}

// At evaluates the network on x (B, D).
func (n *Network) At(x *graph.Node) *Trace {
	t := &Trace{Net: n, Out: Split(x)}
	for _, b := range n.Blocks {
		point := b.At(t.Out)
		t.Blocks = append(t.Blocks, point)
		t.Out = point.Y
	}
	if n.anchor == nil {
		t.Logits = n.Readout(t.Out)
	} else {
		t.tie(x)
	}
	t.Logits.AssertDims(x.Shape().Dim(0), n.U.Shape().Dim(1))
	return t
}

// Readout maps a tangent of the stream to one of the logits, [y1, y2] U. Where the network has no anchor it maps a stream to its logits too.
func (n *Network) Readout(s Stream) *graph.Node { return graph.MatMul(s.Join(), n.U) }

// Inverse maps the stream after the last block back to the input (B, D). A linearised network has no inverse: what is returned for it is that of the
// network at the weights it starts from.
func (n *Network) Inverse(s Stream) *graph.Node {
	for l := len(n.Blocks) - 1; l >= 0; l-- {
		s = n.Blocks[l].Inverse(s)
	}
	return s.Join()
}

// Points lists the couplings' points in order, as Couplings does.
func (t *Trace) Points() []*Point {
	all := make([]*Point, 0, 2*len(t.Blocks))
	for _, b := range t.Blocks {
		all = append(all, b.F, b.G)
	}
	return all
}

// Tangent is the tangent of the stream after the last block along a tangent of the input and a change of the weights. Either may be absent: a nil input
// tangent, nil deltas.
func (t *Trace) Tangent(input *Stream, deltas []Delta) Stream {
	var s Stream
	if input != nil {
		s = *input
	}
	for l, b := range t.Blocks {
		p1 := plus(s.A, tangentOf(b.F, s.B))
		p2 := s.B
		if deltas != nil {
			p1 = plus(p1, b.F.WeightTangent(deltas[2*l]))
			p2 = plus(p2, b.G.WeightTangent(deltas[2*l+1]))
		}
		s = Stream{p1, plus(p2, tangentOf(b.G, p1))}
	}
	return s
}

// Adjoint maps a cotangent of the logits (B, K) to the cotangent of the input and to the gradient of every coupling's weights. Of an anchored network the
// former is that of the blocks alone, times the output scale: the logits at the start, which depend on the input too, are left out.
func (t *Trace) Adjoint(cotangent *graph.Node) (gx Stream, deltas []Delta) {
	gx = Split(timesTransposed(cotangent, t.Net.U))
	deltas = make([]Delta, 2*len(t.Blocks))
	for l := len(t.Blocks) - 1; l >= 0; l-- {
		var atF, atG *graph.Node
		b := t.Blocks[l]
		gx, atF, atG = b.Adjoint(gx)
		deltas[2*l], deltas[2*l+1] = b.F.WeightAdjoint(atF), b.G.WeightAdjoint(atG)
	}
	return gx, deltas
}

// plus adds where either summand may be absent, which stands for zero.
func plus(a, b *graph.Node) *graph.Node {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return graph.Add(a, b)
}

func tangentOf(p *Point, a *graph.Node) *graph.Node {
	if a == nil {
		return nil
	}
	return p.Tangent(a)
}
