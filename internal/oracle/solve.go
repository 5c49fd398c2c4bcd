// SPDX-License-Identifier: Apache-2.0

package oracle

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// Cut decides which singular values of an m × n matrix count: those above max(Eps·max(m, n)·σmax, Rtol·σmax, Atol).
type Cut struct{ Eps, Rtol, Atol float64 }

// Eps64 and Eps32 are the spacings of float64 and float32 at 1.
const (
	Eps64 = 0x1p-52
	Eps32 = 0x1p-23
)

// EpsCut drops only what is numerically zero in float64.
var EpsCut = Cut{Eps: Eps64}

func (c Cut) threshold(rows, cols int, sigmaMax float64) float64 {
	return max(c.Eps*float64(max(rows, cols))*sigmaMax, c.Rtol*sigmaMax, c.Atol)
}

// Solved says what a solution of ΦA = T is worth.
type Solved struct {
	Rank               int     // directions kept; for a smooth filter those with a factor of at least ½
	SigmaMax, SigmaMin float64 // largest singular value of Φ, smallest one kept (0 when none is)
	Residual           float64 // ‖ΦA - T‖/‖T‖, 0 for T = 0
}

// Solver returns an A (n × d) for ΦA = T with Φ of m × n and T of m × d.
type Solver func(phi, t *mat.Dense) (*mat.Dense, Solved, error)

// PseudoInverse solves by A = Φ⁺T, the least-squares solution of minimum norm, with the cut given.
func PseudoInverse(cut Cut) Solver {
	return func(phi, t *mat.Dense) (*mat.Dense, Solved, error) {
		rows, cols := phi.Dims()
		return filtered(phi, t, func(sigma, sigmaMax float64) float64 {
			if sigma > cut.threshold(rows, cols, sigmaMax) {
				return 1
			}
			return 0
		})
	}
}

// Tikhonov solves by IteratedTikhonov.
func Tikhonov(mu float64, m int) Solver {
	return func(phi, t *mat.Dense) (*mat.Dense, Solved, error) { return IteratedTikhonov(phi, t, mu, m) }
}

// IteratedTikhonov returns the m-times refined damped solution: A_0 = (ΦᵀΦ + μI)⁻¹ΦᵀT, then A += (ΦᵀΦ + μI)⁻¹Φᵀ(T - ΦA)
// m times. In the singular basis of Φ that multiplies the pseudo-inverse by 1 - (μ/(σ²+μ))^(m+1). μ > 0 is absolute.
// Singular values under EpsCut are dropped.
func IteratedTikhonov(phi, t *mat.Dense, mu float64, m int) (*mat.Dense, Solved, error) {
	if mu <= 0 || m < 0 {
		return nil, Solved{}, fmt.Errorf("oracle: Tikhonov with μ = %g and %d refinements, want μ > 0 and at least 0", mu, m)
	}
	rows, cols := phi.Dims()
	return filtered(phi, t, func(sigma, sigmaMax float64) float64 {
		// A singular value that is zero comes out as rounding, and (m+1)σ/μ times it is not small where μ is near rounding too.
		if sigma <= EpsCut.threshold(rows, cols, sigmaMax) {
			return 0
		}
		// 1 - q^(m+1) with q = μ/(σ²+μ), without cancellation for small σ.
		return -math.Expm1(-float64(m+1) * math.Log1p(sigma*sigma/mu))
	})
}

// filtered returns A = Σ_i v_i (factor(σ_i)/σ_i) u_iᵀT over the singular triplets of Φ with a factor above zero.
func filtered(phi, t *mat.Dense, factor func(sigma, sigmaMax float64) float64) (*mat.Dense, Solved, error) {
	rows, cols := phi.Dims()
	if norm := mat.Norm(phi, 2); !(norm <= math.MaxFloat64) {
		return nil, Solved{}, fmt.Errorf("oracle: a %d × %d matrix of norm %g, want finite entries", rows, cols, norm)
	}
	var svd mat.SVD
	if !svd.Factorize(phi, mat.SVDThin) {
		return nil, Solved{}, fmt.Errorf("oracle: the singular value decomposition of a %d × %d matrix did not converge", rows, cols)
	}
	sigma := svd.Values(nil)
	info := Solved{SigmaMax: sigma[0]}
	var u, v, coef mat.Dense
	svd.UTo(&u)
	svd.VTo(&v)
	coef.Mul(u.T(), t)
	_, d := t.Dims()
	for i, s := range sigma {
		f := 0.0
		if s > 0 {
			f = factor(s, sigma[0])
		}
		if f >= 0.5 {
			info.Rank++
			info.SigmaMin = s
		}
		for j := range d {
			if f == 0 {
				coef.Set(i, j, 0)
			} else {
				coef.Set(i, j, coef.At(i, j)*f/s)
			}
		}
	}
	var a mat.Dense
	a.Mul(&v, &coef)
	info.Residual = residual(phi, &a, t)
	return &a, info, nil
}

// residual returns ‖ΦA - T‖/‖T‖, and 0 for T = 0.
func residual(phi, a, t *mat.Dense) float64 {
	var r mat.Dense
	r.Mul(phi, a)
	r.Sub(&r, t)
	return ratio(mat.Norm(&r, 2), mat.Norm(t, 2))
}

// ratio returns a/b, and 0 where both are 0.
func ratio(a, b float64) float64 {
	if a == 0 && b == 0 {
		return 0
	}
	return a / b
}
