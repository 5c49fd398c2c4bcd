// SPDX-License-Identifier: Apache-2.0

package oracle

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// tolStep is the certificate of an exact step in float64: rounding times the condition of Φ.
const tolStep = 1e-9

// step computes a split step or ends the test.
func step(t *testing.T, n *Net, x *mat.Dense, y []int32, o Options) *Step {
	t.Helper()
	s, err := n.SplitStep(x, y, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// randomWeights draws w_l >= 0 that sum to 1.
func randomWeights(rng *rand.Rand, blocks int) []float64 {
	w, sum := make([]float64, blocks), 0.0
	for l := range w {
		w[l] = rng.ExpFloat64()
		sum += w[l]
	}
	for l := range w {
		w[l] /= sum
	}
	return w
}

// weightings lists the equal split, the last and the first block only, and two random splits.
func weightings(blocks int) [][]float64 {
	rng := rand.New(rand.NewPCG(9, uint64(blocks)))
	first, last := make([]float64, blocks), make([]float64, blocks)
	first[0], last[blocks-1] = 1, 1
	return [][]float64{nil, first, last, randomWeights(rng, blocks), randomWeights(rng, blocks)}
}

func TestStepIsExactWhereEveryRankIs(t *testing.T) {
	for blocks := 1; blocks <= 6; blocks++ {
		for _, p := range []problem{
			{Config{8, blocks, 24, 3, "relu", "relu", true}, CrossEntropy, 9, 1},
			{Config{16, blocks, 20, 3, "relu", "identity", true}, CrossEntropy, 9, 2}, // min(d,h)+1 = B: just enough
			{Config{8, blocks, 12, 2, "tanh", "gelu", false}, MSE, 12, 3},             // h = B: just enough without bias
		} {
			for _, w := range weightings(blocks) {
				for _, carry := range []bool{false, true} {
					n, x, y := p.draw()
					s := step(t, n, x, y, Options{Loss: p.loss, Weights: w, Carry: carry})
					atMost(t, p.String()+" cert", s.Cert, tolStep)
					atMost(t, p.String()+" cert of logits", s.CertLogits, tolStep)
					atMost(t, p.String()+" |gain - 1|", math.Abs(s.Gain-1), tolStep)
					atMost(t, p.String()+" reconstruction", s.Reconstruction, tolRound)
					tangent, _ := n.Tangent(x, s.DZ)
					within(t, p.String()+" JΔZ by duals", tangent, s.JDZ, tolStep)
				}
			}
		}
	}
}

// lowerShort has a block 0 of rank d+1 = 5 < B = 9 while every other block reaches rank B.
func TestShortCouplingsProject(t *testing.T) {
	n, x, y := problem{Config{8, 1, 4, 3, "relu", "silu", true}, MSE, 10, 6}.draw()
	s := step(t, n, x, y, Options{Loss: MSE})
	phi := n.Trace(x).Phi
	q1, _ := halves(s.V)
	var r, normal mat.Dense
	r.Mul(phi[0], s.DZ[0])
	r.Sub(q1, &r)
	normal.Mul(phi[0].T(), &r)
	atMost(t, "‖Φᵀ(q1 - ΦΔZ)‖", mat.Norm(&normal, 2)/mat.Norm(&r, 2), tolStep)
	atMost(t, "difference of residuals", math.Abs(s.Couplings[0].Residual-mat.Norm(&r, 2)/mat.Norm(q1, 2)), tolRound)
}

func TestMinimumNormIsShortest(t *testing.T) {
	for _, p := range []problem{lowerShort(2), {Config{8, 3, 12, 2, "tanh", "relu", true}, MSE, 6, 8}} {
		n, x, y := p.draw()
		for _, w := range weightings(p.Blocks) {
			split := step(t, n, x, y, Options{Loss: p.loss, Weights: w, Carry: true})
			least, info, err := n.MinNorm(x, split.U)
			if err != nil {
				t.Fatal(err)
			}
			_, logits := n.Tangent(x, least)
			within(t, "J ΔZ_min", logits, split.U, tolStep)
			if norm := mat.Norm(mat.NewVecDense(p.Params(), n.Flatten(least)), 2); norm > split.Norm*(1+tolRound) || info.Rank != p.rows*p.Classes {
				t.Errorf("‖ΔZ_min‖ = %g, ‖ΔZ_split‖ = %g, rank %d", norm, split.Norm, info.Rank)
			}
		}
	}
}

func TestLinearisationErrorFallsWithAlpha(t *testing.T) {
	n, x, y := problem{Config{8, 2, 16, 3, "tanh", "identity", true}, CrossEntropy, 6, 9}.draw()
	s := step(t, n, x, y, Options{Loss: CrossEntropy, Carry: true})
	before := n.Linearisation(x, s.DZ, s.JDZLogits, 1e-3)
	after := n.Linearisation(x, s.DZ, s.JDZLogits, 5e-4)
	if q := before / after; math.Abs(q-2) > 0.02 {
		t.Errorf("linearisation errors %g and %g at α = 1e-3 and 5e-4: ratio %g, want 2", before, after, q)
	}
	same := n.Apply(s.DZ, 0)
	c, _ := CompareAll(same.W, n.W)
	if c.Rel != 0 {
		t.Errorf("α = 0 changed a weight: %v", c)
	}
}

func TestSmallStepLowersTheLoss(t *testing.T) {
	each(t, problems(), func(t *testing.T, p problem) {
		n, x, y := p.draw()
		s := step(t, n, x, y, Options{Loss: p.loss, Carry: true})
		targets, _ := OneHot(y, p.Classes)
		_, z := n.Apply(s.DZ, 1e-4).Forward(x)
		after, err := Loss(p.loss, z, targets)
		if err != nil || !(after < s.Loss) {
			t.Errorf("loss %g before, %g after (%v)", s.Loss, after, err)
		}
	})
}

func TestSolversAreInterchangeable(t *testing.T) {
	n, x, y := lowerShort(3).draw()
	exact := step(t, n, x, y, Options{Loss: CrossEntropy, Carry: true})
	affine := step(t, n, x, y, Options{Loss: CrossEntropy, Carry: true, SolverFor: func(c int, in *mat.Dense) Solver {
		if c < 2 {
			return AffineTikhonov(in, n.C[c], true, 1e-5, 1)
		}
		return nil
	}})
	atMost(t, "cert with a filter in block 0 and carrying", affine.Cert, tolStep)
	c, i := CompareAll(affine.DZ, exact.DZ)
	if !c.Within(1e-3) || c.Rel < 1e-14 {
		t.Errorf("coupling %d: %v, want a small difference", i, c)
	}
	cut := step(t, n, x, y, Options{Loss: CrossEntropy, Solver: PseudoInverse(Cut{Rtol: 0.3})})
	if cut.Cert < 1e-2 || cut.Couplings[5].Rank >= exact.Couplings[5].Rank {
		t.Errorf("a cut of 0.3: cert %g, rank %d of %d", cut.Cert, cut.Couplings[5].Rank, exact.Couplings[5].Rank)
	}
}

func TestStepRefusals(t *testing.T) {
	n, x, y := lowerShort(2).draw()
	broken := *n
	broken.C = n.C[1:]
	for name, c := range map[string]struct {
		net *Net
		o   Options
		y   []int32
	}{
		"net":       {&broken, Options{Loss: MSE}, y},
		"loss":      {n, Options{Loss: "l1"}, y},
		"sum":       {n, Options{Loss: MSE, Weights: []float64{0.5, 0.4}}, y},
		"sign":      {n, Options{Loss: MSE, Weights: []float64{1.5, -0.5}}, y},
		"count":     {n, Options{Loss: MSE, Weights: []float64{1}}, y},
		"nan":       {n, Options{Loss: MSE, Weights: []float64{math.NaN(), 1}}, y},
		"labels":    {n, Options{Loss: MSE}, y[1:]},
		"class":     {n, Options{Loss: MSE}, append([]int32{9}, y[1:]...)},
		"curvature": {n, Options{Loss: MSE, Curvature: "none"}, y},
		"solver":    {n, Options{Loss: MSE, Solver: Tikhonov(-1, 0)}, y},
	} {
		if s, err := c.net.SplitStep(x, c.y, c.o); err == nil {
			t.Errorf("%s: no error, cert %g", name, s.Cert)
		}
	}
}
