// SPDX-License-Identifier: Apache-2.0

package oracle

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// smoothed draws logits and target rows that sum to 1 with smoothing s.
func smoothed(t *testing.T, s float64) (z, y *mat.Dense, labels []int32) {
	t.Helper()
	rng := rand.New(rand.NewPCG(7, 7))
	z = gaussian(rng, 6, 4, 1.5)
	labels = []int32{0, 1, 2, 3, 1, 0}
	y, err := OneHot(labels, 4)
	if err != nil {
		t.Fatal(err)
	}
	y.Apply(func(_, _ int, v float64) float64 { return (1-s)*v + s/4 }, y)
	return z, y, labels
}

func TestGradientAndHessian(t *testing.T) {
	for _, loss := range []string{CrossEntropy, MSE} {
		z, y, _ := smoothed(t, 0.1)
		eps, err := Gradient(loss, z, y)
		if err != nil {
			t.Fatal(err)
		}
		diff, hess := mat.NewDense(6, 4, nil), mat.NewDense(6, 4, nil)
		dir := gaussian(rand.New(rand.NewPCG(1, 1)), 6, 4, 1)
		for i := range 6 {
			h, _ := Hessian(loss, z.RawRowView(i))
			hess.RowView(i).(*mat.VecDense).MulVec(h, dir.RowView(i))
			for k := range 4 {
				diff.Set(i, k, 6*centralDifference(1e-5, func(s float64) *mat.Dense { // 6: the loss is a mean over 6
					moved := mat.DenseCopyOf(z)
					moved.Set(i, k, z.At(i, k)+s)
					l, _ := Loss(loss, moved, y)
					return mat.NewDense(1, 1, []float64{l})
				}).At(0, 0))
			}
		}
		within(t, loss+" gradient", eps, diff, 1e-9)
		within(t, loss+" Hessian", hess, centralDifference(1e-5, func(s float64) *mat.Dense {
			var moved mat.Dense
			moved.Scale(s, dir)
			moved.Add(z, &moved)
			g, _ := Gradient(loss, &moved, y)
			return g
		}), 1e-9)
	}
}

func TestExactTarget(t *testing.T) {
	z, y, labels := smoothed(t, 0)
	u, err := Target(CrossEntropy, Exact, z, y, 0)
	if err != nil {
		t.Fatal(err)
	}
	eps, _ := Gradient(CrossEntropy, z, y)
	closed, hu := mat.NewDense(6, 4, nil), mat.NewDense(6, 4, nil)
	for i := range 6 {
		h, _ := Hessian(CrossEntropy, z.RawRowView(i))
		hu.RowView(i).(*mat.VecDense).MulVec(h, u.RowView(i))
		inv := math.Exp(-logSoftmax(z.RawRowView(i))[labels[i]])
		for k := range 4 {
			closed.Set(i, k, inv*(0.25-y.At(i, k)))
		}
		atMost(t, "|Σ_k u_k|/‖u‖", math.Abs(mat.Sum(u.RowView(i)))/mat.Norm(u.RowView(i), 2), tolRound)
	}
	within(t, "Hu", hu, eps, tolRound)
	within(t, "H⁺ε against (1/p_c)(1/K - e_c)", u, closed, 1e-10)
}

func TestDampedTarget(t *testing.T) {
	for _, s := range []float64{0, 0.2} {
		z, y, _ := smoothed(t, s)
		target := func(curvature string, lambda float64) *mat.Dense {
			u, err := Target(CrossEntropy, curvature, z, y, lambda)
			if err != nil {
				t.Fatal(err)
			}
			return u
		}
		within(t, "λ → 0 against the exact target", target(Damped, 1e-9), target(Exact, 0), 1e-6)
		large := target(Damped, 1e9)
		large.Scale(1e9, large)
		within(t, "λ·u for λ → ∞ against ε", large, target(Identity, 0), 1e-8)

		const lambda = 0.3 // D⁻¹ε + D⁻¹p (pᵀD⁻¹ε)/s, D = diag(p + λ), s = λ Σ p_k/(p_k + λ)
		p, eps, closed := Softmax(z), target(Identity, 0), mat.NewDense(6, 4, nil)
		for i := range 6 {
			var sum, inner float64
			for k := range 4 {
				sum += lambda * p.At(i, k) / (p.At(i, k) + lambda)
				inner += p.At(i, k) * eps.At(i, k) / (p.At(i, k) + lambda)
			}
			for k := range 4 {
				closed.Set(i, k, (eps.At(i, k)+p.At(i, k)*inner/sum)/(p.At(i, k)+lambda))
			}
		}
		within(t, "closed form", target(Damped, lambda), closed, tolRound)
	}
}

func TestLossRefusals(t *testing.T) {
	z := mat.NewDense(1, 2, nil)
	for name, f := range map[string]func() error{
		"label":     func() error { _, err := OneHot([]int32{2}, 2); return err },
		"negative":  func() error { _, err := OneHot([]int32{-1}, 2); return err },
		"loss":      func() error { _, err := Loss("hinge", z, z); return err },
		"gradient":  func() error { _, err := Gradient("hinge", z, z); return err },
		"hessian":   func() error { _, err := Hessian("hinge", []float64{0}); return err },
		"curvature": func() error { _, err := Target(MSE, "kfac", z, z, 0); return err },
		"damping":   func() error { _, err := Target(MSE, Damped, z, z, 0); return err },
	} {
		if f() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
