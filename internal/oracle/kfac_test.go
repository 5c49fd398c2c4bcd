// SPDX-License-Identifier: Apache-2.0

package oracle

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// For one sample the Gauss-Newton matrix of a coupling is a Kronecker product: that of its factors.
func TestKroneckerFactorsOfOneSample(t *testing.T) {
	for _, loss := range []string{CrossEntropy, MSE} {
		n, x, _ := problem{Config{6, 2, 7, 3, "relu", "tanh", true}, loss, 1, 5}.draw()
		_, logits := n.Forward(x)
		h, err := Hessian(loss, logits.RawRowView(0))
		if err != nil {
			t.Fatal(err)
		}
		_, jac := n.DenseJacobian(x)
		size := n.Rows() * n.Half()
		for c := range n.Couplings() {
			j := jac.Slice(0, n.Classes, c*size, (c+1)*size)
			var half, want, got mat.Dense
			half.Mul(h, j)
			want.Mul(j.T(), &half)
			got.Kronecker(featureMoment(n.Trace(x).Phi[c]), n.outputMoment(x, c, []*mat.Dense{h}))
			within(t, loss+", "+CouplingName(c), &got, &want, 1e-13)
		}
	}
}

// s is where the model of the damped loss is least: with its slope, <∇, DZ>, equal to its bend.
func TestKFACScale(t *testing.T) {
	for _, loss := range []string{CrossEntropy, MSE} {
		p := problem{Config{6, 2, 7, 3, "relu", "tanh", true}, loss, 9, 5}
		n, x, y := p.draw()
		targets, err := OneHot(y, n.Classes)
		if err != nil {
			t.Fatal(err)
		}
		const lambda = 0.03
		step, err := n.KFAC(loss, x, targets, lambda)
		if err != nil {
			t.Fatal(err)
		}
		penalty := 0.0
		for _, dz := range step.DZ {
			penalty += lambda * dot(dz, dz)
		}
		atMost(t, loss+": slope against bend", math.Abs(step.Slope/(step.Bend+penalty)-1), 1e-13)
		// The loss itself, for a step so short that the slope is all there is of its change.
		const short = 1e-6
		_, before := n.Forward(x)
		_, after := n.Apply(step.DZ, short).Forward(x)
		was, err := Loss(loss, before, targets)
		if err != nil {
			t.Fatal(err)
		}
		is, err := Loss(loss, after, targets)
		if err != nil {
			t.Fatal(err)
		}
		atMost(t, loss+": fall of the loss against the slope", math.Abs((was-is)/(short*step.Slope)-1), 1e-5)
	}
}
