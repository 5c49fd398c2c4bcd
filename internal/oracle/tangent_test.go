// SPDX-License-Identifier: Apache-2.0

package oracle

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// Tolerances: rounding alone for identities; central differences with step 1e-5 leave about 1e-10 of truncation and
// 1e-16/1e-5 of rounding, amplified by the network.
const (
	tolRound = 1e-12
	tolDiff  = 1e-7
	diffStep = 1e-5
)

func TestActivationSlopes(t *testing.T) {
	for _, name := range Activations() {
		for _, x := range []float64{-30, -2.3, -0.4, 0.7, 3.1, 30} {
			up, _ := activate(name, x+1e-6)
			down, _ := activate(name, x-1e-6)
			_, slope := activate(name, x)
			if diff := (up - down) / 2e-6; math.Abs(diff-slope) > 1e-8 {
				t.Errorf("%s'(%g) = %g, central difference %g", name, x, slope, diff)
			}
		}
	}
	for name, want := range map[string]float64{"relu": 0, "leaky-relu": 0.01, "gelu": 0.5, "silu": 0.5, "tanh": 1, "identity": 1} {
		if v, slope := activate(name, 0); v != 0 || slope != want {
			t.Errorf("%s at 0: value %g, slope %g, want 0 and %g", name, v, slope, want)
		}
	}
}

func TestInverseUndoesForward(t *testing.T) {
	each(t, problems(), func(t *testing.T, p problem) {
		n, x, _ := p.draw()
		stream, logits := n.Forward(x)
		within(t, "inverse(forward(x))", n.Inverse(stream), x, tolRound)
		within(t, "logits", logits, n.Readout(stream), 0)
		for i := range p.rows { // the dual evaluation is a second, scalar forward pass
			y := n.dualBlocks(0, n.Blocks, duals(x.RawRowView(i), nil), direction{})
			for k := range y {
				if math.Abs(y[k].v-stream.At(i, k)) > tolRound*mat.Norm(stream, 2) {
					t.Fatalf("sample %d, entry %d: %g from duals, %g from matrices", i, k, y[k].v, stream.At(i, k))
				}
			}
		}
	})
}

func TestTangentAgainstCentralDifference(t *testing.T) {
	each(t, problems(), func(t *testing.T, p problem) {
		n, x, _ := p.draw()
		dZ := RandomDirection(p.Config, p.seed)
		stream, logits := n.Tangent(x, dZ)
		diffStream, diffLogits := n.CentralDifference(x, dZ, diffStep)
		within(t, "stream", stream, diffStream, tolDiff)
		within(t, "logits", logits, diffLogits, tolDiff)
	})
}

func TestInputTangents(t *testing.T) {
	each(t, problems(), func(t *testing.T, p problem) {
		n, x, _ := p.draw()
		s := gaussian(rand.New(rand.NewPCG(p.seed, 1)), p.rows, p.Width, 1)
		move := func(from *mat.Dense, h float64) *mat.Dense {
			var out mat.Dense
			out.Scale(h, s)
			out.Add(from, &out)
			return &out
		}
		stream, _ := n.TangentInput(x, s)
		within(t, "forward", stream, centralDifference(diffStep, func(h float64) *mat.Dense {
			out, _ := n.Forward(move(x, h))
			return out
		}), tolDiff)
		y, _ := n.Forward(x)
		inverse, err := n.TangentInverse(y, s)
		if err != nil {
			t.Fatal(err)
		}
		within(t, "inverse", inverse, centralDifference(diffStep, func(h float64) *mat.Dense { return n.Inverse(move(y, h)) }), tolDiff)
		back, err := n.TangentInverse(y, stream)
		if err != nil {
			t.Fatal(err)
		}
		within(t, "tangent of inverse after tangent of forward", back, s, 1e-10)
	})
}

func TestDenseJacobian(t *testing.T) {
	each(t, problems(), func(t *testing.T, p problem) {
		n, x, _ := p.draw()
		stream, logits := n.DenseJacobian(x)
		dZ := RandomDirection(p.Config, p.seed)
		wantStream, wantLogits := n.Tangent(x, dZ)
		v := mat.NewDense(p.Params(), 1, n.Flatten(dZ))
		var got mat.Dense
		got.Mul(stream, v)
		within(t, "J_stream ΔZ", &got, mat.NewDense(p.rows*p.Width, 1, Vec(wantStream)), tolRound)
		got.Reset()
		got.Mul(logits, v)
		within(t, "J_logits ΔZ", &got, mat.NewDense(p.rows*p.Classes, 1, Vec(wantLogits)), tolRound)
		for _, col := range []int{0, p.Params() / 3, p.Params() - 1} {
			unit := make([]float64, p.Params())
			unit[col] = 1
			_, diff := n.CentralDifference(x, n.Unflatten(unit), diffStep)
			c := Compare(mat.NewDense(p.rows*p.Classes, 1, mat.Col(nil, col, logits)), mat.NewDense(p.rows*p.Classes, 1, Vec(diff)))
			if math.Abs(c.Got-c.Want) > 1e-9 {
				t.Errorf("column %d against its central difference: %v", col, c)
			}
		}
	})
}

func TestAdjoint(t *testing.T) {
	each(t, problems(), func(t *testing.T, p problem) {
		n, x, _ := p.draw()
		rng := rand.New(rand.NewPCG(p.seed, 2))
		dZ := RandomDirection(p.Config, p.seed)
		g := gaussian(rng, p.rows, p.Width, 1)
		jv, _ := n.Tangent(x, dZ)
		right := 0.0
		for c, a := range n.Adjoint(x, g) {
			right += dot(a, dZ[c])
		}
		atMost(t, "|<Jv,g> - <v,Jᵀg>|/(‖Jv‖‖g‖)", math.Abs(dot(jv, g)-right)/(mat.Norm(jv, 2)*mat.Norm(g, 2)), tolRound)

		s := gaussian(rng, p.rows, p.Width, 1)
		js, _ := n.TangentInput(x, s)
		diff := math.Abs(dot(js, g) - dot(s, n.AdjointInput(x, g)))
		atMost(t, "the same for the input", diff/(mat.Norm(js, 2)*mat.Norm(g, 2)), tolRound)

		gz := gaussian(rng, p.rows, p.Classes, 1)
		_, logits := n.Tangent(x, dZ)
		lifted, _ := n.Tangent(x, dZ)
		diff = math.Abs(dot(logits, gz) - dot(lifted, n.Lift(gz)))
		atMost(t, "the same for the readout", diff/(mat.Norm(logits, 2)*mat.Norm(gz, 2)), tolRound)
	})
}
