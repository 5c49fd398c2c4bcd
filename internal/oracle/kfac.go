// SPDX-License-Identifier: Apache-2.0

package oracle

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// KFACStep is a change of the weights by Kronecker's factors, Z - lr·DZ, with what its quadratic model says of it.
type KFACStep struct {
	DZ          []*mat.Dense // per coupling, (h+1) × d, or h × d without bias, scaled
	Scale       float64      // s
	Slope, Bend float64      // <∇, DZ> and <DZ, JᵀHJ DZ>/B: the model of the loss changes by -lr·Slope + ½lr²·Bend
}

// KFAC computes the step of Martens and Grosse (2015) on x (B × D) with targets y (B × K): for every coupling, with A = ΦᵀΦ/B and G the mean over samples of
// δᵀHδ, δ (K × d) the derivative of the logits by the coupling's output,
//
//	((A + π√λ I) ⊗ (G + √λ/π I)) vec ΔZ = vec ∇,   π² = (tr A/rows A) / (tr G/d)
//
// solved densely, and scaled by s = <∇, ΔZ> / (<ΔZ, JᵀHJ ΔZ>/B + λ‖ΔZ‖²) over all couplings.
func (n *Net) KFAC(loss string, x, y *mat.Dense, lambda float64) (*KFACStep, error) {
	_, logits := n.Forward(x)
	residual, err := Gradient(loss, logits, y)
	if err != nil {
		return nil, err
	}
	rows, _ := x.Dims()
	residual.Scale(1/float64(rows), residual)
	gradient := n.Adjoint(x, n.Lift(residual))
	hessians := make([]*mat.Dense, rows)
	for s := range hessians {
		if hessians[s], err = Hessian(loss, logits.RawRowView(s)); err != nil {
			return nil, err
		}
	}
	step := &KFACStep{}
	trace := n.Trace(x)
	for c := range gradient {
		dz, err := kroneckerSolve(featureMoment(trace.Phi[c]), n.outputMoment(x, c, hessians), gradient[c], lambda)
		if err != nil {
			return nil, err
		}
		step.DZ = append(step.DZ, dz)
	}
	step.rescale(n, x, gradient, hessians, lambda)
	return step, nil
}

// featureMoment is ΦᵀΦ/B.
func featureMoment(phi *mat.Dense) *mat.Dense {
	rows, _ := phi.Dims()
	var a mat.Dense
	a.Mul(phi.T(), phi)
	a.Scale(1/float64(rows), &a)
	return &a
}

// outputMoment is the mean over samples of δᵀHδ for coupling c, δ by dual numbers.
func (n *Net) outputMoment(x *mat.Dense, c int, hessians []*mat.Dense) *mat.Dense {
	rows, d := len(hessians), n.Half()
	sum := mat.NewDense(d, d, nil)
	for s := range rows {
		delta := mat.NewDense(n.Classes, d, nil)
		for j := range d {
			moved := epsilons(n.dualBlocks(0, n.Blocks, duals(x.RawRowView(s), nil), direction{seed: &seed{c, j}}))
			for k, v := range Vec(n.Readout(mat.NewDense(1, n.Width, moved))) {
				delta.Set(k, j, v)
			}
		}
		var half, whole mat.Dense
		half.Mul(hessians[s], delta)
		whole.Mul(delta.T(), &half)
		sum.Add(sum, &whole)
	}
	sum.Scale(1/float64(rows), sum)
	return sum
}

// kroneckerSolve solves ((A + π√λ I) ⊗ (G + √λ/π I)) vec ΔZ = vec g with the whole Kronecker product.
func kroneckerSolve(a, g, gradient *mat.Dense, lambda float64) (*mat.Dense, error) {
	rows, _ := a.Dims()
	d, _ := g.Dims()
	pi := math.Sqrt(mat.Trace(a) / float64(rows) / (mat.Trace(g) / float64(d)))
	var product mat.Dense
	product.Kronecker(plusDiagonal(a, pi*math.Sqrt(lambda)), plusDiagonal(g, math.Sqrt(lambda)/pi))
	var dz mat.VecDense
	if err := dz.SolveVec(&product, mat.NewVecDense(rows*d, Vec(gradient))); err != nil {
		return nil, err
	}
	return mat.NewDense(rows, d, dz.RawVector().Data), nil
}

func plusDiagonal(m *mat.Dense, v float64) *mat.Dense {
	out := mat.DenseCopyOf(m)
	n, _ := m.Dims()
	for i := range n {
		out.Set(i, i, out.At(i, i)+v)
	}
	return out
}

// rescale multiplies DZ by s.
func (k *KFACStep) rescale(n *Net, x *mat.Dense, gradient, hessians []*mat.Dense, lambda float64) {
	_, jdz := n.Tangent(x, k.DZ)
	var slope, bend, squares float64
	for c, dz := range k.DZ {
		slope += dot(gradient[c], dz)
		squares += dot(dz, dz)
	}
	for s, h := range hessians {
		row := mat.NewVecDense(n.Classes, jdz.RawRowView(s))
		bend += mat.Inner(row, h, row) / float64(len(hessians))
	}
	k.Scale = slope / (bend + lambda*squares)
	k.Slope, k.Bend = k.Scale*slope, k.Scale*k.Scale*bend
	for _, dz := range k.DZ {
		dz.Scale(k.Scale, dz)
	}
}
