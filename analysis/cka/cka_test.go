// SPDX-License-Identifier: Apache-2.0

package cka_test

import (
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"revgn/analysis/cka"
	"revgn/internal/oracle"
	"revgn/internal/problem"
)

// near is the tolerance of what float64 on the host computes in two ways.
const near = 1e-10

// kernels are the kernel matrices of a representation by the code under test and by the oracle.
func kernels(t *testing.T, x *mat.Dense, kernel cka.Kernel, factor float64) (*cka.Centred, *mat.Dense) {
	t.Helper()
	n, p := x.Dims()
	g, err := cka.Linear(n, p, oracle.Vec(x))
	if err != nil {
		t.Fatal(err)
	}
	want := oracle.LinearKernel(x)
	if kernel == cka.KernelRBF {
		g, want = g.RBF(factor*cka.MedianDistance(g)), oracle.RBFKernel(x, factor)
	}
	c, err := cka.Centre(g, cka.Groups)
	if err != nil {
		t.Fatal(err)
	}
	return c, want
}

// compared is the CKA of two representations.
func compared(t *testing.T, x, y *mat.Dense, kernel cka.Kernel) cka.Similarity {
	t.Helper()
	a, _ := kernels(t, x, kernel, 1)
	b, _ := kernels(t, y, kernel, 1)
	s, err := cka.Compare(a, b)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func check(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*math.Max(1, math.Abs(want))) {
		t.Errorf("%s: got %.15g, want %.15g, off by %.3g, tolerance %g", what, got, want, math.Abs(got-want), tolerance)
	}
}

// related draws a representation y (n, q) that shares a part of x's columns.
func related(seed uint64, x *mat.Dense, q int, noise float64) *mat.Dense {
	n, p := x.Dims()
	var y mat.Dense
	y.Mul(x, problem.Normal(seed, p, q))
	y.Scale(1/math.Sqrt(float64(p)), &y)
	rest := problem.Normal(seed+1, n, q)
	rest.Scale(noise, rest)
	y.Add(&y, rest)
	return &y
}

// Both estimates with both kernels are the oracle's, which is dense matrices and, for few samples, sums over distinct indices; far from the origin too, where
// centring cancels.
func TestCKAIsTheOracles(t *testing.T) {
	for _, size := range []struct {
		n, p, q int
		offset  float64
	}{{4, 3, 2, 0}, {7, 5, 9, 1}, {40, 12, 3, 10}, {64, 200, 31, -3}, {101, 30, 30, 0}} {
		for _, kernel := range []cka.Kernel{cka.KernelLinear, cka.KernelRBF} {
			for _, factor := range []float64{1, 0.4} {
				t.Run(fmt.Sprintf("n=%d/%s/%g", size.n, kernel, factor), func(t *testing.T) {
					x := problem.Normal(uint64(size.n), size.n, size.p)
					x.Apply(func(_, _ int, v float64) float64 { return v + size.offset }, x)
					y := related(100+uint64(size.n), x, size.q, 0.7)
					a, k := kernels(t, x, kernel, factor)
					b, m := kernels(t, y, kernel, factor)
					s, err := cka.Compare(a, b)
					if err != nil {
						t.Fatal(err)
					}
					check(t, "biased", float64(s.Biased.Value), oracle.CKA(k, m), near)
					want := oracle.DebiasedCKA(k, m)
					if size.n < 10 {
						want = oracle.HSIC1ByDefinition(k, m) / math.Sqrt(oracle.HSIC1ByDefinition(k, k)*oracle.HSIC1ByDefinition(m, m))
					}
					if math.IsNaN(want) {
						if !math.IsNaN(float64(s.Debiased)) || len(s.Warnings) == 0 {
							t.Errorf("debiased: got %g with warnings %q, want NaN with a warning", s.Debiased, s.Warnings)
						}
						return
					}
					check(t, "debiased", float64(s.Debiased), want, near)
				})
			}
		}
	}
}

// The jackknife's shortcut, which never forms a matrix without a group, gives what comparing without each group gives.
func TestErrorsAreThoseOfLeavingOut(t *testing.T) {
	const n = 53
	x := problem.Normal(5, n, 20)
	y := related(6, x, 8, 1)
	for _, kernel := range []cka.Kernel{cka.KernelLinear, cka.KernelRBF} {
		a, k := kernels(t, x, kernel, 1)
		b, m := kernels(t, y, kernel, 1)
		s, err := cka.Compare(a, b)
		if err != nil {
			t.Fatal(err)
		}
		var biased, debiased []float64
		for g := range cka.Groups {
			var kept []int
			for i := range n {
				if i%cka.Groups != g {
					kept = append(kept, i)
				}
			}
			kg, mg := submatrix(k, kept), submatrix(m, kept)
			biased, debiased = append(biased, oracle.CKA(kg, mg)), append(debiased, oracle.DebiasedCKA(kg, mg))
		}
		check(t, string(kernel)+" biased", float64(s.BiasedError.Value), jackknife(biased), near)
		check(t, string(kernel)+" debiased", float64(s.DebiasedError), jackknife(debiased), near)
	}
}

func submatrix(k *mat.Dense, kept []int) *mat.Dense {
	out := mat.NewDense(len(kept), len(kept), nil)
	for a, i := range kept {
		for b, j := range kept {
			out.Set(a, b, k.At(i, j))
		}
	}
	return out
}

func jackknife(values []float64) float64 {
	_, deviation := moments(values)
	n := float64(len(values))
	return deviation * (n - 1) / math.Sqrt(n)
}

// moments are the mean of values and their standard deviation.
func moments(values []float64) (mean, deviation float64) {
	var squares float64
	for _, v := range values {
		mean += v / float64(len(values))
	}
	for _, v := range values {
		squares += (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(squares / float64(len(values)-1))
}

// Of independent Gaussians with more columns than samples the biased estimate finds much in common, the debiased one nothing.
func TestIndependentGaussians(t *testing.T) {
	const n, p = 848, 3072
	s := compared(t, problem.Normal(31, n, p), problem.Normal(32, n, p), cka.KernelLinear)
	check(t, "debiased", float64(s.Debiased), 0, 0.01)
	check(t, "biased", float64(s.Biased.Value), 0.78, 0.01)
	if !(s.DebiasedError > 0 && s.DebiasedError < 0.01) {
		t.Errorf("debiased: standard error %g, want one of the size of its distance from 0", s.DebiasedError)
	}
}

// The standard error is the spread that other draws of the samples show.
func TestErrorIsTheSpreadOverDraws(t *testing.T) {
	const n, draws = 120, 60
	mix := problem.Normal(7, 10, 6)
	var values, errors []float64
	for i := range uint64(draws) {
		x := problem.Normal(1000+i, n, 10)
		var y mat.Dense
		y.Mul(x, mix)
		y.Add(&y, problem.Normal(5000+i, n, 6))
		s := compared(t, x, &y, cka.KernelLinear)
		values, errors = append(values, float64(s.Debiased)), append(errors, float64(s.DebiasedError))
	}
	mean, _ := moments(errors)
	_, spread := moments(values)
	if ratio := mean / spread; ratio < 0.7 || ratio > 1.4 {
		t.Errorf("mean standard error %g, standard deviation over %d draws %g: a ratio of %.2f, want 1 within the 10 %% of so many draws and the jackknife's own bias",
			mean, draws, spread, ratio)
	}
}

func TestNoValue(t *testing.T) {
	same := mat.NewDense(30, 2, nil)
	same.Apply(func(_, j int, _ float64) float64 { return 0.1 + float64(j) }, same)
	other := problem.Normal(3, 30, 4)
	for _, kernel := range []cka.Kernel{cka.KernelLinear, cka.KernelRBF} {
		s := compared(t, same, other, kernel)
		if !math.IsNaN(float64(s.Debiased)) || !math.IsNaN(float64(s.Biased.Value)) || len(s.Warnings) != 1 {
			t.Errorf("%s, all samples equal: debiased %g, biased %g, warnings %q; want NaN and one warning", kernel, s.Debiased, s.Biased.Value, s.Warnings)
		}
	}
	if _, err := cka.Centre(cka.Gram{N: 3, Values: make([]float64, 9)}, 0); err == nil {
		t.Error("3 samples: no error")
	}
	a, _ := kernels(t, other, cka.KernelLinear, 1)
	b, _ := kernels(t, problem.Normal(4, 29, 4), cka.KernelLinear, 1)
	if _, err := cka.Compare(a, b); err == nil {
		t.Error("30 samples with 29: no error")
	}
}
