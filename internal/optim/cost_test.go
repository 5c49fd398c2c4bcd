// SPDX-License-Identifier: Apache-2.0

package optim

import (
	"testing"

	"revgn/model"
)

// Counted by hand for two blocks, d = 10, h = 100, K = 5, B = 20; in units of 1000 operations.
func TestOperations(t *testing.T) {
	c := model.Default()
	c.Width, c.Classes, c.Blocks, c.Hidden = 20, 5, 2, 100
	for _, tt := range []struct {
		kind Kind
		want float64
	}{
		// Block 0 has CW (20) and x(CW) (4), three times each; block 1 three passes of Φ (40) by W and two of x by C.
		{SGD, 2*3*(20+4) + 2*200},
		// And each the Gram matrix of Z (1.5·101·100), the product with it (2·101·100) and 17 of 10 by 10 (2 each).
		{Muon, 2*3*(20+4) + 2*200 + 4*(15.15+20.2+34)},
		// Both forward passes and the tangent, ΦΔZ; δ through block 1; G from δ; A; both factors; their solves and Φᵀ.
		{KFAC, 2*(2*20+3*4) + 2*3*80 + 4*40 + (5*80/2 + 5*80) + (3*(4+15) + 3) + (2*(15+4+8) + 2*60) + 4*(8+1) + 4*(24+40)},
	} {
		if got := Operations(tt.kind, c, 20) / 1e3; got != tt.want {
			t.Errorf("%s: %g thousand operations, want %g", tt.kind, got, tt.want)
		}
	}
}
