// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"fmt"
	"math"
)

// EqualShares gives every block 1/L of the change, the paper's split.
func EqualShares(blocks int) []float64 {
	w := make([]float64, blocks)
	for l := range w {
		w[l] = 1 / float64(blocks)
	}
	return w
}

// FirstShare asks the first block for the whole change, LastShare the last.
func FirstShare(blocks int) []float64 {
	w := make([]float64, blocks)
	w[0] = 1
	return w
}

// LastShare asks the last block for the whole change; the blocks below are left alone.
func LastShare(blocks int) []float64 {
	w := make([]float64, blocks)
	w[blocks-1] = 1
	return w
}

// checkShares returns an error unless there is one share a block, none is negative and they add up to 1.
func checkShares(w []float64, blocks int) error {
	if len(w) != blocks {
		return fmt.Errorf("%d block weights for %d blocks: give one for each block", len(w), blocks)
	}
	var sum float64
	for l, share := range w {
		if !(share >= 0) || math.IsInf(share, 0) {
			return fmt.Errorf("weight %g of block %d: weights are finite and not negative", share, l)
		}
		sum += share
	}
	if math.Abs(sum-1) > 1e-9 {
		return fmt.Errorf("block weights add up to %g: they must add up to 1 (docs/mathematics.md, section 3)", sum)
	}
	return nil
}
