// SPDX-License-Identifier: Apache-2.0

package oracle

import "gonum.org/v1/gonum/mat"

// MinNorm returns ΔZ = J⁺u, the shortest change of all parameters that moves the logits by u (B × K) to first order, by
// the singular value decomposition of the dense Jacobian of the logits (BK × P) with the eps-level cut
// (docs/mathematics.md, section 5).
func (n *Net) MinNorm(x, u *mat.Dense) ([]*mat.Dense, Solved, error) {
	_, logits := n.DenseJacobian(x)
	target := Vec(u)
	dZ, info, err := PseudoInverse(EpsCut)(logits, mat.NewDense(len(target), 1, target))
	if err != nil {
		return nil, info, err
	}
	return n.Unflatten(Vec(dZ)), info, nil
}
