// SPDX-License-Identifier: Apache-2.0

package oracle

import (
	"fmt"

	"gonum.org/v1/gonum/mat"
)

// Recomputed is the certificate of a step that was made elsewhere, from the weights before and after it.
type Recomputed struct {
	Stream, Logits Comparison // central difference along ΔZ = (Z_before - Z_after)/α against v and u
	Gain           float64    // <JΔZ, v>/‖v‖² on the stream
	Linearisation  float64    // see Net.Linearisation, for the whole step
}

// differenceStep is the share of a step over which Recompute takes differences: small enough for the error of the
// difference (its square), large enough for rounding (2⁻⁵² over it).
const differenceStep = 1e-5

// Recompute measures one Gauss-Newton step with identity curvature and step size alpha > 0 on the batch x (B × D), y (B)
// that it was made on. It uses forward passes alone, so it also serves networks too large for Net.Tangent.
func Recompute(before, after *Net, x *mat.Dense, y []int32, loss string, alpha float64) (*Recomputed, error) {
	if before.Config != after.Config || !(alpha > 0) {
		return nil, fmt.Errorf("oracle: a step from %+v to %+v with α = %g, want equal settings and α > 0", before.Config, after.Config, alpha)
	}
	if err := checkDims("batch.x", x, len(y), before.Width); err != nil {
		return nil, err
	}
	targets, err := OneHot(y, before.Classes)
	if err != nil {
		return nil, err
	}
	dZ := make([]*mat.Dense, before.Couplings())
	for c := range dZ {
		dZ[c] = before.Z(c)
		dZ[c].Sub(dZ[c], after.Z(c))
		dZ[c].Scale(1/alpha, dZ[c])
	}
	_, z := before.Forward(x)
	u, err := Gradient(loss, z, targets)
	if err != nil {
		return nil, err
	}
	v := before.Lift(u)
	stream, logits := before.CentralDifference(x, dZ, differenceStep*alpha)
	return &Recomputed{
		Stream: Compare(stream, v), Logits: Compare(logits, u),
		Gain:          ratio(dot(stream, v), dot(v, v)),
		Linearisation: before.Linearisation(x, dZ, logits, alpha),
	}, nil
}
