// SPDX-License-Identifier: Apache-2.0

package oracle

import "gonum.org/v1/gonum/mat"

// Muon is torch.optim.Muon with its default coefficients, steps and eps, on one matrix; the rate's factor is left to the caller. The zero state is that
// before the first step.
type Muon struct {
	Momentum, Decay float64
	buffer          *mat.Dense
}

// Step returns z (rows × cols) after a step along the gradient g, z - lr·Decay·z - lr·scale·O.
func (m *Muon) Step(z, g *mat.Dense, lr, scale float64) *mat.Dense {
	if m.buffer == nil {
		rows, cols := g.Dims()
		m.buffer = mat.NewDense(rows, cols, nil)
	}
	lerp := func(a, b *mat.Dense, t float64) *mat.Dense { // a + t(b - a)
		out := mat.DenseCopyOf(a)
		out.Apply(func(i, j int, v float64) float64 { return v + t*(b.At(i, j)-v) }, out)
		return out
	}
	m.buffer = lerp(m.buffer, g, 1-m.Momentum)
	o := NewtonSchulz(lerp(g, m.buffer, m.Momentum))
	out := mat.DenseCopyOf(z)
	out.Apply(func(i, j int, v float64) float64 { return v*(1-lr*m.Decay) - lr*scale*o.At(i, j) }, out)
	return out
}

// NewtonSchulz is Muon's orthogonalisation of x: five turns of X ← aX + (b XXᵀ + c(XXᵀ)²)X from x over its Frobenius norm, which is taken as 1e-7 where it is
// below.
func NewtonSchulz(x *mat.Dense) *mat.Dense {
	out := mat.DenseCopyOf(x)
	out.Scale(1/max(mat.Norm(x, 2), 1e-7), out)
	for range 5 {
		var gram, square, update mat.Dense
		gram.Mul(out, out.T())
		square.Mul(&gram, &gram)
		gram.Scale(-4.7750, &gram)
		square.Scale(2.0315, &square)
		gram.Add(&gram, &square)
		update.Mul(&gram, out)
		out.Scale(3.4445, out)
		out.Add(out, &update)
	}
	return out
}
