// SPDX-License-Identifier: Apache-2.0

package oracle

import (
	"fmt"

	"gonum.org/v1/gonum/mat"
)

// Names of the curvatures that a target can use in place of H.
const (
	Identity = "identity" // H := I, u = ε
	Exact    = "exact"    // u = H⁺ε
	Damped   = "damped"   // u = (H + λI)⁻¹ε
)

// Target returns what a step asks the logits to lose, u (B × K), per sample (docs/mathematics.md, section 2), for logits
// z and targets y of B × K. Exact and damped are computed from the dense K × K Hessian of each sample by its singular
// value decomposition, not from the closed forms; lambda > 0 is used by damped alone.
func Target(loss, curvature string, z, y *mat.Dense, lambda float64) (*mat.Dense, error) {
	u, err := Gradient(loss, z, y)
	if err != nil || curvature == Identity {
		return u, err
	}
	if curvature != Exact && (curvature != Damped || lambda <= 0) {
		return nil, fmt.Errorf("oracle: curvature %q with damping %g, want %s, %s, or %s with damping > 0",
			curvature, lambda, Identity, Exact, Damped)
	}
	rows, classes := z.Dims()
	for i := range rows {
		h, err := Hessian(loss, z.RawRowView(i))
		if err != nil {
			return nil, err
		}
		if curvature == Damped {
			for k := range classes {
				h.Set(k, k, h.At(k, k)+lambda)
			}
		}
		row := mat.NewDense(classes, 1, mat.Row(nil, i, u))
		sol, _, err := PseudoInverse(EpsCut)(h, row)
		if err != nil {
			return nil, err
		}
		u.SetRow(i, Vec(sol))
	}
	return u, nil
}
