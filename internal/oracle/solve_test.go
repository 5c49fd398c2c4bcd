// SPDX-License-Identifier: Apache-2.0

package oracle

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// lowRank draws a rows × cols matrix of the rank given.
func lowRank(rng *rand.Rand, rows, cols, rank int) *mat.Dense {
	var out mat.Dense
	out.Mul(gaussian(rng, rows, rank, 1), gaussian(rng, rank, cols, 1))
	return &out
}

func TestPseudoInverseIsMoorePenrose(t *testing.T) {
	for _, dims := range [][3]int{{5, 9, 5}, {9, 5, 5}, {7, 7, 7}, {8, 12, 3}, {12, 8, 1}} {
		rng := rand.New(rand.NewPCG(3, uint64(dims[0])))
		phi := lowRank(rng, dims[0], dims[1], dims[2])
		eye := mat.NewDense(dims[0], dims[0], nil)
		for i := range dims[0] {
			eye.Set(i, i, 1)
		}
		inv, info, err := PseudoInverse(EpsCut)(phi, eye)
		if err != nil {
			t.Fatal(err)
		}
		if info.Rank != dims[2] {
			t.Errorf("%v: rank %d", dims, info.Rank)
		}
		var pi, ip, pip, ipi mat.Dense
		pi.Mul(phi, inv)
		ip.Mul(inv, phi)
		pip.Mul(&pi, phi)
		ipi.Mul(inv, &pi)
		within(t, "ΦΦ⁺Φ", &pip, phi, tolRound)
		within(t, "Φ⁺ΦΦ⁺", &ipi, inv, tolRound)
		within(t, "(ΦΦ⁺)ᵀ", mat.DenseCopyOf(pi.T()), &pi, 1e-11)
		within(t, "(Φ⁺Φ)ᵀ", mat.DenseCopyOf(ip.T()), &ip, 1e-11)
	}
}

func TestCutKeepsAndDrops(t *testing.T) {
	phi := mat.NewDense(3, 3, []float64{4, 0, 0, 0, 2, 0, 0, 0, 1})
	rhs := mat.NewDense(3, 1, []float64{4, 2, 1})
	for _, c := range []struct {
		cut      Cut
		rank     int
		smallest float64
		residual float64
	}{
		{EpsCut, 3, 1, 0},
		{Cut{Rtol: 0.3}, 2, 2, 1 / math.Sqrt(21)},
		{Cut{Rtol: 0.25}, 2, 2, 1 / math.Sqrt(21)}, // a value at the cut is dropped
		{Cut{Atol: 3}, 1, 4, math.Sqrt(5.0 / 21)},
		{Cut{Atol: 5}, 0, 0, 1},
	} {
		_, info, err := PseudoInverse(c.cut)(phi, rhs)
		if err != nil {
			t.Fatal(err)
		}
		if info.Rank != c.rank || info.SigmaMax != 4 || info.SigmaMin != c.smallest || math.Abs(info.Residual-c.residual) > 1e-14 {
			t.Errorf("%+v: %+v, want rank %d, smallest %g, residual %g", c.cut, info, c.rank, c.smallest, c.residual)
		}
	}
}

func TestIteratedTikhonovAgainstItsIteration(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	phi, rhs := lowRank(rng, 10, 14, 6), gaussian(rng, 10, 3, 1)
	for _, mu := range []float64{1e-3, 0.5, 20} {
		var normal mat.Dense
		normal.Mul(phi.T(), phi)
		for i := range 14 {
			normal.Set(i, i, normal.At(i, i)+mu)
		}
		want := mat.NewDense(14, 3, nil)
		for m := range 4 {
			var res, grad, step mat.Dense
			res.Mul(phi, want)
			res.Sub(rhs, &res)
			grad.Mul(phi.T(), &res)
			if err := step.Solve(&normal, &grad); err != nil {
				t.Fatal(err)
			}
			want.Add(want, &step)
			got, info, err := IteratedTikhonov(phi, rhs, mu, m)
			if err != nil {
				t.Fatal(err)
			}
			within(t, "filter against iteration", got, want, 1e-9)
			atMost(t, "difference of residuals", math.Abs(info.Residual-residual(phi, want, rhs)), 1e-9)
		}
	}
	many, _, _ := IteratedTikhonov(phi, rhs, 1e-3, 20)
	exact, _, _ := PseudoInverse(EpsCut)(phi, rhs)
	within(t, "many refinements against Φ⁺T", many, exact, 1e-9)
	if _, _, err := IteratedTikhonov(phi, rhs, 0, 1); err == nil {
		t.Error("μ = 0 gave no error")
	}
}

func TestAffineTikhonov(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	for _, bias := range []bool{true, false} {
		n := RandomNet(Config{8, 1, 12, 2, "relu", "identity", bias}, 1)
		x, rhs := gaussian(rng, 9, 4, 1), gaussian(rng, 9, 4, 1)
		phi := n.Features(0, x)
		want, _, _ := PseudoInverse(EpsCut)(phi, rhs)
		got, info, err := AffineTikhonov(x, n.C[0], bias, 1e-4, 20)(phi, rhs)
		if err != nil {
			t.Fatal(err)
		}
		within(t, "many refinements against Φ⁺T", got, want, 1e-10)
		if info.Rank != n.Rows()-8 {
			t.Errorf("bias %t: rank %d, want %d", bias, info.Rank, n.Rows()-8)
		}
	}
	narrow := RandomNet(Config{8, 1, 3, 2, "relu", "identity", true}, 1)
	x := gaussian(rng, 9, 4, 1)
	if _, _, err := AffineTikhonov(x, narrow.C[0], true, 1e-4, 1)(narrow.Features(0, x), x); err == nil {
		t.Error("h < d gave no error")
	}
}

func TestSolversRefuseWhatIsNotFinite(t *testing.T) {
	phi := mat.NewDense(2, 2, []float64{1, math.NaN(), 0, 1})
	if _, info, err := PseudoInverse(EpsCut)(phi, mat.NewDense(2, 1, []float64{1, 1})); err == nil {
		t.Errorf("a NaN gave no error but %+v", info)
	}
}
