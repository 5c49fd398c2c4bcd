// SPDX-License-Identifier: Apache-2.0

package oracle

import "gonum.org/v1/gonum/mat"

// TangentKernel returns Θ = JJᵀ (BK × BK) for the dense Jacobian J of the logits at x (B × D); row n·K + k is sample n's logit k.
func (n *Net) TangentKernel(x *mat.Dense) *mat.Dense {
	_, j := n.DenseJacobian(x)
	var theta mat.Dense
	theta.Mul(j, j.T())
	return &theta
}

// ClassTraced returns Σ_k Θ[(n,k),(m,k)] (B × B) of a kernel Θ (BK × BK).
func ClassTraced(theta *mat.Dense, classes int) *mat.Dense {
	size, _ := theta.Dims()
	traced := mat.NewDense(size/classes, size/classes, nil)
	for n := range size / classes {
		for m := range size / classes {
			for k := range classes {
				traced.Set(n, m, traced.At(n, m)+theta.At(n*classes+k, m*classes+k))
			}
		}
	}
	return traced
}

// CouplingKernels returns Θ_c = J_cJ_cᵀ (BK × BK) of every coupling, J_c the columns of J that belong to what coupling c trains. They add up to Θ.
func (n *Net) CouplingKernels(x *mat.Dense) []*mat.Dense {
	_, j := n.DenseJacobian(x)
	rows, _ := j.Dims()
	each := n.Rows() * n.Half()
	kernels := make([]*mat.Dense, n.Couplings())
	for c := range kernels {
		own := j.Slice(0, rows, c*each, (c+1)*each)
		kernels[c] = new(mat.Dense)
		kernels[c].Mul(own, own.T())
	}
	return kernels
}
