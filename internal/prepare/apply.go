// SPDX-License-Identifier: Apache-2.0

package prepare

import (
	"context"
	"math"

	"gonum.org/v1/gonum/mat"

	"revgn/data"
)

// matrix is what a centred sample is multiplied by: D x r for pca, D x D for zca.
func (w *whitening) matrix(kind Kind) *mat.Dense {
	scaled := mat.DenseCopyOf(w.directions)
	for i, value := range w.eigenvalues {
		row := scaled.RawRowView(i)
		for j := range row {
			row[j] /= math.Sqrt(value)
		}
	}
	if kind == PCA {
		return mat.DenseCopyOf(scaled.T())
	}
	var m mat.Dense
	m.Mul(scaled.T(), w.directions)
	return &m
}

// apply maps a set, chunk by chunk; where the matrix has fewer than D columns the others stay 0.
func (w *whitening) apply(ctx context.Context, set *data.Set, kind Kind) ([]float32, error) {
	m := w.matrix(kind)
	out := make([]float32, len(set.X))
	for start := 0; start < set.Len(); start += chunk {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		n := min(chunk, set.Len()-start)
		var y mat.Dense
		y.Mul(centred(set, w.mean, start, n), m)
		for i := range n {
			for j, v := range y.RawRowView(i) {
				out[(start+i)*set.D+j] = float32(v)
			}
		}
	}
	return out, nil
}
