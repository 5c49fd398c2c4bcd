// SPDX-License-Identifier: Apache-2.0

package data

import (
	"context"
	"math"
	"math/rand/v2"
)

// orthonormal draws n orthonormal vectors of length d, n <= d: Gaussian vectors through Gram-Schmidt, twice (Kahan's "twice is enough"). For n = d they
// are the rows of a matrix uniform over the orthogonal ones.
func orthonormal(ctx context.Context, rng *rand.Rand, n, d int) ([][]float64, error) {
	q := make([][]float64, n)
	for k := range q {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		q[k] = gaussians(rng, d)
		for range 2 {
			for _, before := range q[:k] {
				addScaled(q[k], -dot(before, q[k]), before)
			}
			unit(q[k])
		}
	}
	return q, nil
}

// unit scales v to length 1.
func unit(v []float64) {
	norm := math.Sqrt(dot(v, v))
	for i := range v {
		v[i] /= norm
	}
}
