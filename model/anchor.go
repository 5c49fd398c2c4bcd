// SPDX-License-Identifier: Apache-2.0

package model

import "github.com/gomlx/gomlx/core/graph"

// anchor ties a network to the weights it starts from, θ0 (docs/controls.md). With z the logits, f = z(θ0) + s·(z(θ) - z(θ0)), or, linearised,
// f = z(θ0) + s·J(θ0)(θ - θ0).
type anchor struct {
	start      []Block     // at θ0
	readout    *graph.Node // (D, K), without the scale
	scale      float64     // s
	linearised bool
	weights    []Delta // θ of a linearised network; those of the others stand in its blocks
}

// anchored returns the network tied to the blocks it starts from.
func (n *Network) anchored(start []Block, c Config) *Network {
	a := &anchor{start: start, readout: n.U, scale: c.Scale(), linearised: c.Linearised}
	tied := &Network{Blocks: n.Blocks, U: n.U, anchor: a}
	if a.scale != 1 {
		tied.U = graph.MulScalar(n.U, a.scale)
	}
	if a.linearised {
		a.weights = n.Weights()
		tied.Blocks = start
	}
	return tied
}

// OutputScale is s, 1 where the network has none.
func (n *Network) OutputScale() float64 {
	if n.anchor == nil {
		return 1
	}
	return n.anchor.scale
}

// Weights are what training changes, one Z for each coupling. They stand in the blocks, except where the network is linearised.
func (n *Network) Weights() []Delta {
	if n.anchor != nil && n.anchor.linearised {
		return n.anchor.weights
	}
	return weightsOf(n.Blocks)
}

// With is the network with other weights, one Z for each coupling.
func (n *Network) With(weights []Delta) *Network {
	to := *n
	if n.anchor != nil && n.anchor.linearised {
		a := *n.anchor
		a.weights, to.anchor = weights, &a
		return &to
	}
	to.Blocks = make([]Block, len(n.Blocks))
	for l, b := range n.Blocks {
		to.Blocks[l] = Block{F: b.F.with(weights[2*l]), G: b.G.with(weights[2*l+1])}
	}
	return &to
}

func (c *Coupling) with(z Delta) *Coupling {
	to := *c
	to.W, to.Bias = z.W, z.Bias
	return &to
}

// Lift is the change of the stream that gives the logits the change u (B, K) and asks all that is orthogonal to the readout to stay put: with the U of
// Network, u Uᵀ/s², whose image under Readout is u because UᵀU = s²I.
func (n *Network) Lift(u *graph.Node) Stream {
	return Split(n.unscaled(timesTransposed(u, n.U)))
}

// LiftMatrix is the (K, D) matrix that Lift multiplies with.
func (n *Network) LiftMatrix() *graph.Node { return n.unscaled(graph.Transpose(n.U, 0, 1)) }

// unscaled is a/s².
func (n *Network) unscaled(a *graph.Node) *graph.Node {
	if s := n.OutputScale(); s != 1 {
		return graph.DivScalar(a, s*s)
	}
	return a
}

// tie fills in the logits of a trace of an anchored network on x, and of a linearised one the stream. The difference to the start is taken on the stream, so
// that at the start itself it is zero to the last bit, whatever the scale.
func (t *Trace) tie(x *graph.Node) {
	a := t.Net.anchor
	var start, moved Stream
	if a.linearised {
		start, moved = t.Out, t.Tangent(nil, less(a.weights, weightsOf(a.start)))
		t.Out = start.Plus(moved)
	} else {
		start = Split(x)
		for _, b := range a.start {
			start = b.At(start).Y
		}
		moved = t.Out.Minus(start)
	}
	t.Logits = graph.Add(graph.MatMul(start.Join(), a.readout), t.Net.Readout(moved))
}

func weightsOf(blocks []Block) []Delta {
	var weights []Delta
	for _, b := range blocks {
		weights = append(weights, Delta{b.F.W, b.F.Bias}, Delta{b.G.W, b.G.Bias})
	}
	return weights
}

// less is a - b of every coupling.
func less(a, b []Delta) []Delta {
	out := make([]Delta, len(a))
	for i := range out {
		out[i].W = graph.Sub(a[i].W, b[i].W)
		if a[i].Bias != nil {
			out[i].Bias = graph.Sub(a[i].Bias, b[i].Bias)
		}
	}
	return out
}
