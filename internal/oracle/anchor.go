// SPDX-License-Identifier: Apache-2.0

package oracle

import (
	"errors"
	"fmt"

	"gonum.org/v1/gonum/mat"
)

// Anchor ties a network to the weights it starts from, θ0 (docs/controls.md). With z the logits and s the scale, f = z(θ0) + s·(z(θ) - z(θ0)), or,
// linearised, f = z(θ0) + s·J(θ0)(θ - θ0).
type Anchor struct {
	Start      *Net // the network at θ0, without an anchor of its own
	Scale      float64
	Linearised bool
}

func (n *Net) checkAnchor() error {
	switch a := n.Anchor; {
	case a == nil:
		return nil
	case a.Start == nil || a.Start.Anchor != nil || a.Start.Config != n.Config:
		return errors.New("oracle: an anchor wants a network of equal settings without an anchor of its own")
	case !(a.Scale > 0):
		return fmt.Errorf("oracle: output scale %g, want a number above 0", a.Scale)
	default:
		return a.Start.Validate()
	}
}

// scale returns s, 1 without an anchor.
func (n *Net) scale() float64 {
	if n.Anchor == nil {
		return 1
	}
	return n.Anchor.Scale
}

// point returns the network whose features and slopes count: the one at θ0 where the network is linearised.
func (n *Net) point() *Net {
	if n.Anchor != nil && n.Anchor.Linearised {
		return n.Anchor.Start
	}
	return n
}

// anchoredTrace is Trace of an anchored network: features and inputs are those of point; the output stream of a linearised network is that at θ0 and its
// tangent along θ - θ0, by dual numbers.
func (n *Net) anchoredTrace(x *mat.Dense) *Trace {
	a := n.Anchor
	start := a.Start.Trace(x)
	t, z0 := start, start.Logits
	var moved mat.Dense // the stream's way from θ0
	if a.Linearised {
		along := make([]*mat.Dense, n.Couplings())
		for c := range along {
			along[c] = n.Z(c)
			along[c].Sub(along[c], a.Start.Z(c))
		}
		tangent, _ := a.Start.Tangent(x, along)
		moved.CloneFrom(tangent)
		var out mat.Dense
		out.Add(start.Stream(), tangent)
		t.Streams[n.Blocks] = &out
	} else {
		plain := *n
		plain.Anchor = nil
		t = plain.Trace(x)
		moved.Sub(t.Stream(), start.Stream())
	}
	t.Logits = n.Readout(&moved)
	t.Logits.Add(z0, t.Logits)
	return t
}
