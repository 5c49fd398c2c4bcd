// SPDX-License-Identifier: Apache-2.0

package weights

import (
	"math"

	"revgn/internal/number"
)

// Path is how far the weights of the whole network travelled, and how directly.
type Path struct {
	Steps        int             `json:"steps"`                  // that the path is made of
	Length       number.Optional `json:"path_length,omitzero"`   // Σ‖αΔZ‖; absent where the norm of a step is not known
	Straightness number.Optional `json:"straightness,omitzero"`  // ‖Z_t - Z_0‖ over it, at most 1; absent where the length is, or is zero
	Missing      int             `json:"missing_norms,omitzero"` // steps whose norm is not known
}

// Along is the path up to a step that lies displacement away from the start. norms are those of the changes that steps 1, 2, … up to there made to all trained
// weights together; one that is not known is absent.
func Along(norms []number.Optional, displacement float64) Path {
	p := Path{Steps: len(norms)}
	var length float64
	for _, n := range norms {
		if !n.Set {
			p.Missing++
		}
		length += float64(n.Value)
	}
	if p.Missing > 0 {
		return p
	}
	p.Length = number.Some(length)
	if length > 0 && !math.IsInf(length, 0) {
		p.Straightness = number.Some(displacement / length)
	}
	return p
}
