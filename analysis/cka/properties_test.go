// SPDX-License-Identifier: Apache-2.0

package cka_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"revgn/analysis/cka"
	"revgn/internal/problem"
)

// Invariances of CKA on drawn representations: what is done to them must leave both estimates where they were.
func TestInvariances(t *testing.T) {
	for _, property := range []struct {
		name    string
		kernels []cka.Kernel
		change  func(rt *rapid.T, x, y *mat.Dense) (*mat.Dense, *mat.Dense)
	}{
		{"rotation", both, func(rt *rapid.T, x, y *mat.Dense) (*mat.Dense, *mat.Dense) { return rotated(rt, x), rotated(rt, y) }},
		{"scale", both, func(rt *rapid.T, x, y *mat.Dense) (*mat.Dense, *mat.Dense) {
			return scaled(rapid.Float64Range(1e-3, 1e3).Draw(rt, "scale of x"), x), scaled(-rapid.Float64Range(1e-3, 1e3).Draw(rt, "scale of y"), y)
		}},
		{"translation", both, func(rt *rapid.T, x, y *mat.Dense) (*mat.Dense, *mat.Dense) {
			return moved(rapid.Float64Range(-9, 9).Draw(rt, "way of x"), x), moved(rapid.Float64Range(-9, 9).Draw(rt, "way of y"), y)
		}},
		{"permutation", both, func(rt *rapid.T, x, y *mat.Dense) (*mat.Dense, *mat.Dense) {
			rows, _ := x.Dims()
			order := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "order"), 0)).Perm(rows)
			return permuted(order, x), permuted(order, y)
		}},
		{"sides", both, func(_ *rapid.T, x, y *mat.Dense) (*mat.Dense, *mat.Dense) { return y, x }},
	} {
		t.Run(property.name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				x, y := drawn(rt)
				u, v := property.change(rt, x, y)
				for _, kernel := range property.kernels {
					before, after := compared(t, x, y, kernel), compared(t, u, v, kernel)
					check(t, fmt.Sprintf("%s biased", kernel), float64(after.Biased.Value), float64(before.Biased.Value), near)
					check(t, fmt.Sprintf("%s debiased", kernel), float64(after.Debiased), float64(before.Debiased), near)
				}
			})
		})
	}
}

// A representation is like itself, with an error of 0, and like nothing more than itself.
func TestItself(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		x, y := drawn(rt)
		for _, kernel := range both {
			s := compared(t, x, rotated(rt, x), kernel)
			check(t, "biased", float64(s.Biased.Value), 1, near)
			check(t, "biased error", float64(s.BiasedError.Value), 0, near)
			check(t, "debiased", float64(s.Debiased), 1, near)
			check(t, "debiased error", float64(s.DebiasedError), 0, near)
			other := compared(t, x, y, kernel)
			if b := float64(other.Biased.Value); !(b >= -near && b <= 1+near) {
				t.Errorf("%s: biased %g, want it in [0, 1]", kernel, b)
			}
			if d := float64(other.Debiased); !(d <= 1+near && d >= -1-near) {
				t.Errorf("%s: debiased %g, want it in [-1, 1]", kernel, d)
			}
		}
	})
}

// A linear map that is no rotation does change CKA: it is not as blind as canonical correlation.
func TestStretchingIsSeen(t *testing.T) {
	x := problem.Normal(3, 60, 5)
	stretched := mat.DenseCopyOf(x)
	stretched.Apply(func(_, j int, v float64) float64 {
		if j == 0 {
			return 10 * v
		}
		return v
	}, stretched)
	if s := compared(t, x, stretched, cka.KernelLinear); float64(s.Debiased) > 0.8 {
		t.Errorf("one of 5 columns ten times as large: debiased %g, want it well below 1", s.Debiased)
	}
}

var both = []cka.Kernel{cka.KernelLinear, cka.KernelRBF}

// drawn are two related representations of enough samples for HSIC₁ to be positive.
func drawn(rt *rapid.T) (x, y *mat.Dense) {
	n := rapid.IntRange(24, 48).Draw(rt, "samples")
	p, q := rapid.IntRange(2, 9).Draw(rt, "columns of x"), rapid.IntRange(2, 9).Draw(rt, "columns of y")
	seed := rapid.Uint64Range(0, 1<<30).Draw(rt, "seed")
	x = problem.Normal(seed, n, p)
	return x, related(seed+1, x, q, rapid.Float64Range(0, 2).Draw(rt, "noise"))
}

func rotated(rt *rapid.T, x *mat.Dense) *mat.Dense {
	_, p := x.Dims()
	var qr mat.QR
	qr.Factorize(problem.Normal(rapid.Uint64Range(0, 1<<30).Draw(rt, "rotation"), p, p))
	var q, out mat.Dense
	qr.QTo(&q)
	out.Mul(x, &q)
	return &out
}

func scaled(factor float64, x *mat.Dense) *mat.Dense {
	var out mat.Dense
	out.Scale(factor, x)
	return &out
}

func moved(way float64, x *mat.Dense) *mat.Dense {
	var out mat.Dense
	out.Apply(func(_, j int, v float64) float64 { return v + way*float64(j+1) }, x)
	return &out
}

// permuted are the rows of x in an order, which may leave some out.
func permuted(order []int, x *mat.Dense) *mat.Dense {
	_, cols := x.Dims()
	out := mat.NewDense(len(order), cols, nil)
	for i, from := range order {
		out.SetRow(i, x.RawRowView(from))
	}
	return out
}
