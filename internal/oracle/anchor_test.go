// SPDX-License-Identifier: Apache-2.0

package oracle

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// anchored ties the drawn network to another one of its settings.
func (p problem) anchored(scale float64, linearised bool) (*Net, *mat.Dense, []int32) {
	n, x, y := p.draw()
	n.Anchor = &Anchor{Start: RandomNet(p.Config, p.seed), Scale: scale, Linearised: linearised}
	return n.Apply(RandomDirection(p.Config, p.seed+1), 0.3), x, y
}

// The derivatives of tied networks are those of their values, whatever the rule: central differences know no rule.
func TestAnchoredTangents(t *testing.T) {
	each(t, problems()[:4], func(t *testing.T, p problem) {
		for _, linearised := range []bool{false, true} {
			n, x, _ := p.anchored(7, linearised)
			if err := n.Validate(); err != nil {
				t.Fatal(err)
			}
			dZ := RandomDirection(p.Config, p.seed+2)
			stream, logits := n.Tangent(x, dZ)
			byStream, byLogits := n.CentralDifference(x, dZ, diffStep)
			within(t, "tangent of the stream", stream, byStream, tolDiff)
			within(t, "tangent of the logits", logits, byLogits, tolDiff)
			_, jacobian := n.DenseJacobian(x)
			var along mat.VecDense
			along.MulVec(jacobian, mat.NewVecDense(n.Params(), n.Flatten(dZ)))
			within(t, "Jacobian along dZ", mat.NewDense(1, along.Len(), along.RawVector().Data), mat.NewDense(1, along.Len(), Vec(logits)), tolRound)
			within(t, "readout of the lift", n.Readout(n.Lift(logits)), logits, tolRound)
		}
	})
}

// A scaled network moves s times as far from where it starts as the network does; a linearised one moves in proportion to the way of its weights, and for a
// short way as the network does.
func TestAnchoredValues(t *testing.T) {
	each(t, problems()[:4], func(t *testing.T, p problem) {
		start, x, _ := p.draw()
		_, z0 := start.Forward(x)
		dZ := RandomDirection(p.Config, p.seed+1)
		away := func(scale float64, linearised bool, way float64) *mat.Dense {
			n := *start
			n.Anchor = &Anchor{Start: start, Scale: scale, Linearised: linearised}
			_, f := n.Apply(dZ, way).Forward(x)
			f.Sub(f, z0)
			return f
		}
		times := func(a *mat.Dense, s float64) *mat.Dense {
			var out mat.Dense
			out.Scale(s, a)
			return &out
		}
		_, z := start.Apply(dZ, 0.3).Forward(x)
		z.Sub(z, z0)
		within(t, "scale 1", away(1, false, 0.3), z, tolRound)
		within(t, "scale 5", away(5, false, 0.3), times(z, 5), tolRound)
		within(t, "linearised, twice as far", away(1, true, 0.6), times(away(1, true, 0.3), 2), tolRound)
		within(t, "linearised, scale 5", away(5, true, 0.3), times(away(1, true, 0.3), 5), tolRound)
		_, slope := start.CentralDifference(x, dZ, diffStep)
		within(t, "linearised, against the slope of the network", away(1, true, 0.3), times(slope, -0.3), tolDiff)
	})
}

// Kernel regression is ridge regression on the Jacobian's columns, (JᵀJ + λI)⁻¹Jᵀ; without a ridge it meets its targets where Θ has full rank, and with
// an endless one it does not move.
func TestKernelRegression(t *testing.T) {
	p := problem{Config{8, 2, 14, 3, "relu", "identity", true}, MSE, 5, 3}
	n, x, y := p.draw()
	at, _ := RandomBatch(p.Config, 4, 99)
	targets, err := OneHot(y, p.Classes)
	if err != nil {
		t.Fatal(err)
	}
	predict := func(at *mat.Dense, ridge float64) *mat.Dense {
		f, err := n.KernelRegression(x, targets, at, ridge)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	const ridge = 0.7
	_, jacobian := n.DenseJacobian(x)
	_, there := n.DenseJacobian(at)
	_, fx := n.Forward(x)
	_, want := n.Forward(at)
	var left, square, right, weights, change mat.Dense
	left.Sub(targets, fx)
	square.Mul(jacobian.T(), jacobian)
	for i := range n.Params() {
		square.Set(i, i, square.At(i, i)+ridge)
	}
	right.Mul(jacobian.T(), mat.NewVecDense(p.rows*p.Classes, Vec(&left)))
	if err := weights.Solve(&square, &right); err != nil {
		t.Fatal(err)
	}
	change.Mul(there, &weights)
	want.Add(want, mat.NewDense(4, p.Classes, Vec(&change)))
	within(t, "against regression on features", predict(at, ridge), want, 1e-9)
	within(t, "interpolation", predict(x, 0), targets, 1e-9)
	_, still := n.Forward(at)
	within(t, "an endless ridge", predict(at, 1e12), still, 1e-9)
}

func TestAnchorRefusals(t *testing.T) {
	p := problems()[0]
	n, _, _ := p.draw()
	for name, a := range map[string]Anchor{
		"no start": {Scale: 1}, "scale 0": {Start: n}, "scale NaN": {Start: n, Scale: math.NaN()},
		"other settings": {Start: RandomNet(problems()[1].Config, 1), Scale: 1},
	} {
		tied := *n
		tied.Anchor = &a
		if tied.Validate() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
