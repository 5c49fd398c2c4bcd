// SPDX-License-Identifier: Apache-2.0

package oracle

import "gonum.org/v1/gonum/mat"

// Linearisation returns ‖f(Z - αΔZ) - f(Z) + αJΔZ‖/‖αJΔZ‖ for the logits f on x (B × D), where jdz is JΔZ (B × K). For a
// smooth network it falls in proportion to α.
func (n *Net) Linearisation(x *mat.Dense, dZ []*mat.Dense, jdz *mat.Dense, alpha float64) float64 {
	_, before := n.Forward(x)
	_, after := n.Apply(dZ, alpha).Forward(x)
	var got, want mat.Dense
	got.Sub(before, after)
	want.Scale(alpha, jdz)
	return Compare(&got, &want).Rel
}
