// SPDX-License-Identifier: Apache-2.0

package oracle

import (
	"fmt"

	"gonum.org/v1/gonum/mat"
)

// DampedStep returns ΔZ = Jᵀ(HΘ + level·I)⁻¹ε, Θ = JJᵀ, from the dense Jacobian J of the logits (BK × P), the K × K curvature of every sample and its
// gradient eps (B × K), by LU of the BK × BK system, which is not symmetric (docs/mathematics.md, section 5; arXiv 2405.14402).
func (n *Net) DampedStep(x, eps *mat.Dense, curvature []*mat.Dense, level float64) ([]*mat.Dense, error) {
	rows, classes := eps.Dims()
	if len(curvature) != rows || !(level > 0) {
		return nil, fmt.Errorf("oracle: a damped step with %d curvatures for %d samples and level %g, want one each and a level above 0", len(curvature), rows, level)
	}
	_, jacobian := n.DenseJacobian(x)
	var theta mat.Dense
	theta.Mul(jacobian, jacobian.T())
	system := mat.NewDense(rows*classes, rows*classes, nil)
	for s, h := range curvature {
		system.Slice(s*classes, (s+1)*classes, 0, rows*classes).(*mat.Dense).Mul(h, theta.Slice(s*classes, (s+1)*classes, 0, rows*classes))
	}
	for i := range rows * classes {
		system.Set(i, i, system.At(i, i)+level)
	}
	var lu mat.LU
	lu.Factorize(system)
	solution, change := mat.NewVecDense(rows*classes, nil), mat.NewVecDense(n.Params(), nil)
	if err := lu.SolveVecTo(solution, false, mat.NewVecDense(rows*classes, Vec(eps))); err != nil {
		return nil, err
	}
	change.MulVec(jacobian.T(), solution)
	return n.Unflatten(change.RawVector().Data), nil
}

// MinNormSeen returns the shortest change of all parameters that moves R z by R u for every sample, R (K × K) a map of the logits: (RJ)⁺Ru, by the singular
// value decomposition of RJ.
func (n *Net) MinNormSeen(x, u, r *mat.Dense) ([]*mat.Dense, error) {
	rows, classes := u.Dims()
	_, jacobian := n.DenseJacobian(x)
	seen, target := mat.DenseCopyOf(jacobian), mat.NewDense(rows*classes, 1, nil)
	for s := range rows {
		part := seen.Slice(s*classes, (s+1)*classes, 0, n.Params()).(*mat.Dense)
		part.Mul(r, jacobian.Slice(s*classes, (s+1)*classes, 0, n.Params()))
		for k := range classes {
			target.Set(s*classes+k, 0, mat.Dot(r.RowView(k), u.RowView(s)))
		}
	}
	// A direction that R does not see is zero to rounding of the products, not to the last bit.
	change, _, err := PseudoInverse(Cut{Rtol: 1e-9})(seen, target)
	if err != nil {
		return nil, err
	}
	return n.Unflatten(Vec(change)), nil
}
