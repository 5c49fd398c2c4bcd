// SPDX-License-Identifier: Apache-2.0

package oracle

import "gonum.org/v1/gonum/mat"

// Adjoint returns Jᵀg for a cotangent of the output stream g (B × D): one (h+1) × d matrix a coupling (h × d without
// bias), from the transposed dense Jacobian. For a cotangent gz of the logits pass gz·Uᵀ (Lift, where there is no
// output scale).
func (n *Net) Adjoint(x, g *mat.Dense) []*mat.Dense {
	stream, _ := n.DenseJacobian(x)
	var out mat.VecDense
	out.MulVec(stream.T(), mat.NewVecDense(len(Vec(g)), Vec(g)))
	return n.Unflatten(out.RawVector().Data)
}

// AdjointInput returns (∂stream/∂x)ᵀ g for every sample (B × D).
func (n *Net) AdjointInput(x, g *mat.Dense) *mat.Dense {
	jac := n.InputJacobian(x)
	out := mat.DenseCopyOf(g)
	for s := range jac {
		out.RowView(s).(*mat.VecDense).MulVec(jac[s].T(), g.RowView(s))
	}
	return out
}

// Lift returns u Uᵀ (B × D), over the output scale: the change of the stream that gives the logits u (B × K) and asks all
// that is orthogonal to U to stay put.
func (n *Net) Lift(u *mat.Dense) *mat.Dense {
	var v mat.Dense
	v.Mul(u, n.U.T())
	v.Scale(1/n.scale(), &v)
	return &v
}

// Flatten returns the P entries of dZ in the column order of DenseJacobian.
func (n *Net) Flatten(dZ []*mat.Dense) []float64 {
	out := make([]float64, 0, n.Params())
	for _, z := range dZ {
		out = append(out, Vec(z)...)
	}
	return out
}

// Unflatten undoes Flatten.
func (n *Net) Unflatten(p []float64) []*mat.Dense {
	size := n.Rows() * n.Half()
	dZ := make([]*mat.Dense, n.Couplings())
	for c := range dZ {
		dZ[c] = mat.NewDense(n.Rows(), n.Half(), append([]float64(nil), p[c*size:(c+1)*size]...))
	}
	return dZ
}

// Vec returns the entries of a matrix row by row.
func Vec(a *mat.Dense) []float64 {
	rows, _ := a.Dims()
	var out []float64
	for i := range rows {
		out = append(out, a.RawRowView(i)...)
	}
	return out
}
