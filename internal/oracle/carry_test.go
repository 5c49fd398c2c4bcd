// SPDX-License-Identifier: Apache-2.0

package oracle

import "testing"

func lowerShort(blocks int) problem {
	return problem{Config{8, blocks, 24, 3, "relu", "identity", true}, CrossEntropy, 9, 4}
}

func TestCarryingMakesUpWhatLowerBlocksCannotReach(t *testing.T) {
	for blocks := 2; blocks <= 6; blocks++ {
		n, x, y := lowerShort(blocks).draw()
		for i, w := range weightings(blocks) {
			carried := step(t, n, x, y, Options{Loss: CrossEntropy, Weights: w, Carry: true})
			atMost(t, "cert with carrying", carried.Cert, tolStep)
			plain := step(t, n, x, y, Options{Loss: CrossEntropy, Weights: w})
			if lastOnly := i == 2; lastOnly {
				atMost(t, "cert of the last block alone", plain.Cert, tolStep)
			} else if plain.Cert < 1e-2 {
				t.Errorf("L = %d, weights %v: cert %g without carrying, want a shortfall", blocks, w, plain.Cert)
			}
			if plain.Couplings[0].Rank != 5 || plain.Couplings[1].Rank != 5 || plain.Couplings[2].Rank != 9 {
				t.Errorf("ranks %+v, want 5, 5, 9", plain.Couplings[:3])
			}
		}
	}
}

func TestCarryingCannotHelpATopBlockThatIsShort(t *testing.T) {
	for blocks := 1; blocks <= 3; blocks++ {
		cfg := Config{8, blocks, 6, 3, "relu", "relu", true} // rank 7 < B = 12 everywhere
		n, x, y := problem{cfg, CrossEntropy, 12, 5}.draw()
		for _, carry := range []bool{false, true} {
			s := step(t, n, x, y, Options{Loss: CrossEntropy, Carry: carry})
			if s.Cert < 1e-2 {
				t.Errorf("L = %d, carry %t: cert %g, want a shortfall", blocks, carry, s.Cert)
			}
			top := s.Couplings[len(s.Couplings)-2:]
			if top[0].Residual < 1e-2 && top[1].Residual < 1e-2 {
				t.Errorf("L = %d, carry %t: residuals of the top block %+v, want one above 1e-2", blocks, carry, top)
			}
		}
	}
}

func TestCarryingChangesNothingWhereLowerBlocksAreExact(t *testing.T) {
	n, x, y := problem{Config{8, 3, 24, 3, "relu", "relu", true}, CrossEntropy, 9, 7}.draw()
	w := []float64{0.5, 0.2, 0.3}
	plain := step(t, n, x, y, Options{Loss: CrossEntropy, Weights: w})
	carried := step(t, n, x, y, Options{Loss: CrossEntropy, Weights: w, Carry: true})
	c, i := CompareAll(carried.DZ, plain.DZ)
	if !c.Within(tolStep) {
		t.Errorf("coupling %d: %v", i, c)
	}
	for l := range n.Blocks { // t_l is what the blocks above map to v
		up := plain.Pulled[l]
		for m := l + 1; m < n.Blocks; m++ {
			up = applyRows(n.BlockJacobian(m, n.Trace(x).Streams[m]), up)
		}
		within(t, "pushed-up pull-back", up, plain.V, 1e-10)
	}
}
