// SPDX-License-Identifier: Apache-2.0

package optim

import (
	"revgn/internal/dense"
	"revgn/model"
)

// Operations counts the floating-point operations of a baseline's matrix products and factorisations in a step, a multiply-add as two. Elementwise work is
// left out.
func Operations(kind Kind, c model.Config, batch int) float64 {
	if kind == KFAC {
		return kfacOperations(c, float64(batch))
	}
	var total float64
	for i := range c.Couplings() {
		product, through := passage(c, i, float64(batch))
		total += 3 * product
		if c.ActivationOf(i) == model.Identity {
			total += 3 * through
		} else { // forward, and the adjoints of both factors of its last product
			total += through * 5 / 2
		}
		if kind == Muon {
			d := float64(c.Half())
			total += (gramShare+2)*float64(c.FeatureCount())*d*d + 2*polynomialProducts*d*d*d
		}
	}
	return total
}

// ForwardOperations counts those of evaluating the network on a batch.
func ForwardOperations(c model.Config, batch int) float64 {
	var total float64
	for i := range c.Couplings() {
		product, through := passage(c, i, float64(batch))
		total += product + through
	}
	return total
}

// polynomialProducts is the number of products of (d, d) matrices in polynomial.
const polynomialProducts = 4*quinticTurns - 3

// gramShare is what a Gram matrix takes of n²k.
const gramShare = float64(dense.GramBands+1) / dense.GramBands

// passage is what a coupling costs: product for CW, which an identity coupling alone needs, and through for one (B, d) value or tangent.
func passage(c model.Config, i int, b float64) (product, through float64) {
	d, h := float64(c.Half()), float64(c.Hidden)
	if c.ActivationOf(i) == model.Identity {
		return 2 * d * d * h, 2 * b * d * d
	}
	return 0, 4 * b * d * h
}

// kfacOperations counts both forward passes, the K adjoint passes, the factors, ΔZ, and the tangent along it.
func kfacOperations(c model.Config, b float64) float64 {
	d, h, k := float64(c.Half()), float64(c.Hidden), float64(c.Classes)
	n := min(b, float64(c.FeatureCount()))
	var total float64
	for i := range c.Couplings() {
		product, through := passage(c, i, b)
		total += 2*product + 3*through + 2*b*d*h // with Φ ΔZ
		switch {
		case i == c.Couplings()-1: // its own δ is one row for every sample, and so is half of what passes through it
			total += k*through/2 + 2*k*d*(b+d)
		case i > 1:
			total += k * through
			fallthrough
		default:
			total += b * k * d * (4 + gramShare*d)
		}
		if n == b && c.ActivationOf(i) == model.Identity {
			total += gramShare*d*d*h + 2*b*d*d + 2*b*b*d
		} else {
			total += gramShare * n * n * max(b, h)
		}
		total += n*n*n + d*d*d + 4*n*d*(n+d) + 2*b*d*h
	}
	return total
}
