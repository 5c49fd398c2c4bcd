// SPDX-License-Identifier: Apache-2.0

package oracle

import "gonum.org/v1/gonum/mat"

// Tangent returns JΔZ, the directional derivative of the output stream (B × D) and of the logits (B × K) along dZ, by
// dual numbers. dZ[c] is (h+1) × d, or h × d without bias.
func (n *Net) Tangent(x *mat.Dense, dZ []*mat.Dense) (stream, logits *mat.Dense) {
	return n.tangent(x, nil, direction{dZ: dZ})
}

// TangentInput returns the directional derivative of the output stream (B × D) and of the logits (B × K) when the input
// x (B × D) moves along s (B × D), by dual numbers.
func (n *Net) TangentInput(x, s *mat.Dense) (stream, logits *mat.Dense) {
	return n.tangent(x, s, direction{})
}

func (n *Net) tangent(x, s *mat.Dense, dir direction) (stream, logits *mat.Dense) {
	rows, _ := x.Dims()
	stream = mat.NewDense(rows, n.Width, nil)
	for i := range rows {
		var ds []float64
		if s != nil {
			ds = s.RawRowView(i)
		}
		y := n.dualBlocks(0, n.Blocks, duals(x.RawRowView(i), ds), dir)
		stream.SetRow(i, epsilons(y))
	}
	return stream, n.Readout(stream)
}

// CentralDifference returns (f(Z + step·ΔZ) - f(Z - step·ΔZ)) / (2·step) for the output stream and the logits: no
// derivative rule at all, an error of order step².
func (n *Net) CentralDifference(x *mat.Dense, dZ []*mat.Dense, step float64) (stream, logits *mat.Dense) {
	return centralDifference(step,
			func(t float64) *mat.Dense { s, _ := n.Apply(dZ, -t).Forward(x); return s }), centralDifference(step,
			func(t float64) *mat.Dense { _, z := n.Apply(dZ, -t).Forward(x); return z })
}

func centralDifference(step float64, f func(t float64) *mat.Dense) *mat.Dense {
	var out mat.Dense
	out.Sub(f(step), f(-step))
	out.Scale(1/(2*step), &out)
	return &out
}
