// SPDX-License-Identifier: Apache-2.0

package oracle

import "gonum.org/v1/gonum/mat"

// Trace is one forward pass in full.
type Trace struct {
	Streams []*mat.Dense // L+1 matrices B × D: the input of every block, then the output stream
	Inputs  []*mat.Dense // per coupling B × d: x2 for an F, y1 for a G
	Phi     []*mat.Dense // per coupling Φ_c, B × (h+1), or B × h without bias
	Logits  *mat.Dense   // B × K
}

// Stream returns the output stream, B × D.
func (t *Trace) Stream() *mat.Dense { return t.Streams[len(t.Streams)-1] }

// Features returns Φ_c(x) = [σ_c(x C_c), 1] (B × (h+1), or B × h without bias) for x of B × d.
func (n *Net) Features(c int, x *mat.Dense) *mat.Dense {
	rows, _ := x.Dims()
	var pre mat.Dense
	pre.Mul(x, n.C[c])
	phi := mat.NewDense(rows, n.Rows(), nil)
	act := n.activation(c)
	for i := range rows {
		for k := range n.Hidden {
			v, _ := activate(act, pre.At(i, k))
			phi.Set(i, k, v)
		}
		if n.Bias {
			phi.Set(i, n.Hidden, 1)
		}
	}
	return phi
}

// Trace runs the network on x (B × D) and keeps everything (docs/mathematics.md, section 1).
func (n *Net) Trace(x *mat.Dense) *Trace {
	if n.Anchor != nil {
		return n.anchoredTrace(x)
	}
	t := &Trace{Streams: []*mat.Dense{x}}
	x1, x2 := halves(x)
	for l := range n.Blocks {
		y1 := t.couple(n, 2*l, x1, x2, 1)
		y2 := t.couple(n, 2*l+1, x2, y1, 1)
		t.Streams = append(t.Streams, join(y1, y2))
		x1, x2 = y1, y2
	}
	t.Logits = n.Readout(t.Stream())
	return t
}

// couple returns base + sign·Φ_c(in) Z_c and records in and Φ_c.
func (t *Trace) couple(n *Net, c int, base, in *mat.Dense, sign float64) *mat.Dense {
	phi := n.Features(c, in)
	t.Inputs, t.Phi = append(t.Inputs, in), append(t.Phi, phi)
	var out mat.Dense
	out.Mul(phi, n.Z(c))
	out.Scale(sign, &out)
	out.Add(base, &out)
	return &out
}

// Forward returns the output stream (B × D) and the logits (B × K) for x of B × D.
func (n *Net) Forward(x *mat.Dense) (stream, logits *mat.Dense) {
	t := n.Trace(x)
	return t.Stream(), t.Logits
}

// Readout returns the logits' tangent of a tangent of the stream: stream·U (B × K), times the output scale where the network has one. Without an anchor the
// same holds of the values.
func (n *Net) Readout(stream *mat.Dense) *mat.Dense {
	var logits mat.Dense
	logits.Mul(stream, n.U)
	logits.Scale(n.scale(), &logits)
	return &logits
}

// Inverse, which a linearised network does not have, returns the input (B × D) whose output stream is the one given: x2 = y2 - G(y1), x1 = y1 - F(x2), from the last
// block to the first.
func (n *Net) Inverse(stream *mat.Dense) *mat.Dense {
	var t Trace
	y1, y2 := halves(stream)
	for l := n.Blocks - 1; l >= 0; l-- {
		y2 = t.couple(n, 2*l+1, y2, y1, -1)
		y1 = t.couple(n, 2*l, y1, y2, -1)
	}
	return join(y1, y2)
}

// halves returns copies of the left and the right d columns.
func halves(x mat.Matrix) (left, right *mat.Dense) {
	a := mat.DenseCopyOf(x)
	rows, cols := a.Dims()
	return mat.DenseCopyOf(a.Slice(0, rows, 0, cols/2)), mat.DenseCopyOf(a.Slice(0, rows, cols/2, cols))
}

// join puts two halves side by side.
func join(left, right *mat.Dense) *mat.Dense {
	var out mat.Dense
	out.Augment(left, right)
	return &out
}
