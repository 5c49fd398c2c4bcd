// SPDX-License-Identifier: Apache-2.0

package data

import (
	"fmt"
	"math/rand/v2"
)

// NoisyLabels replaces each label with probability p, 0 <= p <= 1, by one drawn uniformly from the other classes, and says how many it replaced. What
// becomes of a label is a function of (seed, its index) alone; a larger p replaces a superset of what a smaller one does.
//
// With p = (K-1)/K labels are uniform and independent of the samples (random labels); with p = 1 each is certainly wrong, which is not the same.
func NoisyLabels(y []int32, classes int, p float64, seed uint64) (noisy []int32, replaced int, err error) {
	if !(p >= 0 && p <= 1) {
		return nil, 0, fmt.Errorf("label noise %v: want a probability from 0 to 1", p)
	}
	if classes < 2 {
		return nil, 0, fmt.Errorf("label noise: %d classes, want at least 2", classes)
	}
	noisy = make([]int32, len(y))
	for i, label := range y {
		noisy[i] = label
		if rng := draws(seed, "label noise", i); uniform(rng) < p {
			noisy[i] = (label + 1 + int32(rng.IntN(classes-1))) % int32(classes)
			replaced++
		}
	}
	return noisy, replaced, nil
}

// uniform is in [0, 1), a multiple of 2^-53.
func uniform(rng *rand.Rand) float64 { return float64(rng.Uint64()>>11) / (1 << 53) }
