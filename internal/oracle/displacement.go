// SPDX-License-Identifier: Apache-2.0

package oracle

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// Displacement is what is said of one matrix of weights against where it started (docs/analysis.md).
type Displacement struct {
	Norm, Ratio, Cosine, Distance, Relative float64
	Singular                                []float64 // singular values of the difference, descending
	Stable, Effective                       float64   // ‖Δ‖²/σ₁², exp of the entropy of σ²/Σσ²
}

// Displace compares z with z0, by a singular value decomposition of the difference.
func Displace(z0, z *mat.Dense) Displacement {
	var delta mat.Dense
	delta.Sub(z, z0)
	var svd mat.SVD
	if !svd.Factorize(&delta, mat.SVDNone) {
		panic("oracle: the singular values of a displacement were not found")
	}
	d := Displacement{
		Norm: mat.Norm(z, 2), Ratio: mat.Norm(z, 2) / mat.Norm(z0, 2), Distance: mat.Norm(&delta, 2), Relative: mat.Norm(&delta, 2) / mat.Norm(z0, 2),
		Singular: svd.Values(nil),
	}
	var product mat.Dense
	product.Mul(z0.T(), z)
	d.Cosine = mat.Trace(&product) / (mat.Norm(z0, 2) * mat.Norm(z, 2))
	d.Stable = math.Pow(d.Distance/d.Singular[0], 2)
	entropy := 0.0
	for _, s := range d.Singular {
		if share := math.Pow(s/d.Distance, 2); share > 0 {
			entropy -= share * math.Log(share)
		}
	}
	d.Effective = math.Exp(entropy)
	return d
}
