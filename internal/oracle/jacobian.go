// SPDX-License-Identifier: Apache-2.0

package oracle

import "gonum.org/v1/gonum/mat"

// DenseJacobian returns ∂stream/∂Z (BD × P) and ∂logits/∂Z (BK × P) for x of B × D.
//
// The output of coupling c at sample n is o = Φ_c(n) Z_c, so ∂f/∂Z_c[i,j] = Φ_c(n)[i] · ∂f/∂o[j]: one dual evaluation
// for each output j of each coupling gives all columns.
func (n *Net) DenseJacobian(x *mat.Dense) (stream, logits *mat.Dense) {
	rows, _ := x.Dims()
	d := n.Half()
	stream = mat.NewDense(rows*n.Width, n.Params(), nil)
	phi := n.Trace(x).Phi
	for c := range n.Couplings() {
		for j := range d {
			dir := direction{seed: &seed{c, j}}
			for s := range rows {
				dy := epsilons(n.dualBlocks(0, n.Blocks, duals(x.RawRowView(s), nil), dir))
				for k, g := range dy {
					for i := range n.Rows() {
						stream.Set(s*n.Width+k, (c*n.Rows()+i)*d+j, phi[c].At(s, i)*g)
					}
				}
			}
		}
	}
	return stream, n.readoutRows(stream, rows)
}

// readoutRows turns a Jacobian of the stream (BD × P) into that of the logits (BK × P): Uᵀ on the rows of each sample, times
// the output scale.
func (n *Net) readoutRows(stream *mat.Dense, rows int) *mat.Dense {
	_, p := stream.Dims()
	logits := mat.NewDense(rows*n.Classes, p, nil)
	for s := range rows {
		logits.Slice(s*n.Classes, (s+1)*n.Classes, 0, p).(*mat.Dense).
			Mul(n.U.T(), stream.Slice(s*n.Width, (s+1)*n.Width, 0, p))
	}
	logits.Scale(n.scale(), logits)
	return logits
}

// InputJacobian returns ∂stream/∂x for every sample: B matrices D × D.
func (n *Net) InputJacobian(x *mat.Dense) []*mat.Dense { return n.blocksJacobian(0, n.Blocks, x) }

// BlockJacobian returns ∂(output of block l)/∂(its input) for every sample of in (B × D), the stream that enters block l:
// B matrices D × D.
func (n *Net) BlockJacobian(l int, in *mat.Dense) []*mat.Dense { return n.blocksJacobian(l, l+1, in) }

func (n *Net) blocksJacobian(from, to int, in *mat.Dense) []*mat.Dense {
	return jacobians(in, n.Width, func(x []dual) []dual { return n.dualBlocks(from, to, x, direction{}) })
}

// BranchJacobian returns ∂(output of coupling c)/∂(its input) for every sample of in (B × d): B matrices d × d.
func (n *Net) BranchJacobian(c int, in *mat.Dense) []*mat.Dense {
	return jacobians(in, n.Half(), func(x []dual) []dual { return n.dualBranch(c, x, direction{}) })
}

func jacobians(in *mat.Dense, out int, f func([]dual) []dual) []*mat.Dense {
	rows, cols := in.Dims()
	jac := make([]*mat.Dense, rows)
	for s := range rows {
		jac[s] = mat.NewDense(out, cols, nil)
		for j := range cols {
			x := duals(in.RawRowView(s), nil)
			x[j].d = 1
			jac[s].SetCol(j, epsilons(f(x)))
		}
	}
	return jac
}

// applyRows returns the matrix whose row s is jac[s]·t[s].
func applyRows(jac []*mat.Dense, t *mat.Dense) *mat.Dense {
	out := mat.DenseCopyOf(t)
	for s := range jac {
		out.RowView(s).(*mat.VecDense).MulVec(jac[s], t.RowView(s))
	}
	return out
}

// solveRows returns the matrix whose row s solves jac[s]·a = t[s], by LU with partial pivoting. A block's Jacobian has
// determinant 1, so it is never singular.
func solveRows(jac []*mat.Dense, t *mat.Dense) (*mat.Dense, error) {
	out := mat.DenseCopyOf(t)
	for s := range jac {
		var lu mat.LU
		lu.Factorize(jac[s])
		if err := lu.SolveVecTo(out.RowView(s).(*mat.VecDense), false, t.RowView(s)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// TangentInverse returns the directional derivative of Inverse at stream (B × D) along t (B × D), by solving with the
// dense Jacobian of the whole network at every sample.
func (n *Net) TangentInverse(stream, t *mat.Dense) (*mat.Dense, error) {
	return solveRows(n.InputJacobian(n.Inverse(stream)), t)
}
