// SPDX-License-Identifier: Apache-2.0

package stats_test

import "math/rand/v2"

// normals draws from the standard normal distribution.
func normals(seed uint64) func() float64 {
	return rand.New(rand.NewPCG(seed, 0)).NormFloat64
}
