// SPDX-License-Identifier: Apache-2.0

package oracle

import "gonum.org/v1/gonum/mat"

// LossChange returns the change of the mean loss on x (B × D) with targets y (B × K) when the weights go from Z to Z - alpha·dZ, by two forward passes.
func (n *Net) LossChange(loss string, x, y *mat.Dense, dZ []*mat.Dense, alpha float64) (float64, error) {
	_, before := n.Forward(x)
	_, after := n.Apply(dZ, alpha).Forward(x)
	first, err := Loss(loss, before, y)
	if err != nil {
		return 0, err
	}
	second, err := Loss(loss, after, y)
	return second - first, err
}

// PredictedChange returns what the slope of the mean loss and its quadratic model say of the same change: with J the dense Jacobian of the logits and δ = -alpha·J dZ,
// the means over samples of <ε, δ> and of <ε, δ> + ½ δᵀHδ.
func (n *Net) PredictedChange(loss string, x, y *mat.Dense, dZ []*mat.Dense, alpha float64) (first, quadratic float64, err error) {
	_, logits := n.Forward(x)
	slope, err := Gradient(loss, logits, y)
	if err != nil {
		return 0, 0, err
	}
	_, jacobian := n.DenseJacobian(x)
	rows, classes := logits.Dims()
	var delta mat.VecDense
	delta.MulVec(jacobian, mat.NewVecDense(n.Params(), n.Flatten(dZ)))
	delta.ScaleVec(-alpha, &delta)
	for i := range rows {
		own := delta.SliceVec(i*classes, (i+1)*classes)
		hessian, err := Hessian(loss, logits.RawRowView(i))
		if err != nil {
			return 0, 0, err
		}
		first += mat.Dot(mat.NewVecDense(classes, slope.RawRowView(i)), own) / float64(rows)
		quadratic += mat.Inner(own, hessian, own) / 2 / float64(rows)
	}
	return first, first + quadratic, nil
}
