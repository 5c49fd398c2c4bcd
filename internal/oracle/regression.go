// SPDX-License-Identifier: Apache-2.0

package oracle

import "gonum.org/v1/gonum/mat"

// KernelRegression returns what kernel ridge regression on squared error with the network's tangent kernel Θ predicts at the inputs at (M × D), from
// targets y (B × K) at x (B × D):
//
//	f(at) + Θ(at, x)(Θ(x, x) + ridge·I)⁻¹(y - f(x))
//
// with Θ(a, b) = J(a)J(b)ᵀ from dense Jacobians of the logits. A ridge of 0 stands for the limit: the pseudo-inverse with the eps-level cut.
func (n *Net) KernelRegression(x, y, at *mat.Dense, ridge float64) (*mat.Dense, error) {
	_, atX := n.DenseJacobian(x)
	_, there := n.DenseJacobian(at)
	var theta, across, left mat.Dense
	theta.Mul(atX, atX.T())
	across.Mul(there, atX.T())
	size, _ := theta.Dims()
	for i := range size {
		theta.Set(i, i, theta.At(i, i)+ridge)
	}
	_, fx := n.Forward(x)
	left.Sub(y, fx)
	weights, _, err := PseudoInverse(EpsCut)(&theta, mat.NewDense(size, 1, Vec(&left)))
	if err != nil {
		return nil, err
	}
	var change mat.Dense
	change.Mul(&across, weights)
	_, out := n.Forward(at)
	rows, classes := out.Dims()
	out.Add(out, mat.NewDense(rows, classes, Vec(&change)))
	return out, nil
}
