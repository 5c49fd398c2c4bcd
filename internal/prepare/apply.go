// SPDX-License-Identifier: Apache-2.0

package prepare

import (
	"context"
	"math"

	"gonum.org/v1/gonum/mat"

	"revgn/data"
)

// apply maps a set: B x D rows at a time, (X - m) Q_r Λ_r^(-1/2), and for zca times Q_rᵀ.
func (w *whitening) apply(ctx context.Context, set *data.Set, kind Kind) ([]float32, error) {
	r, d := w.directions.Dims()
	out := make([]float32, len(set.X))
	scaled := mat.DenseCopyOf(w.directions)
	for i, value := range w.eigenvalues {
		row := scaled.RawRowView(i)
		for j := range row {
			row[j] /= math.Sqrt(value)
		}
	}
	for start := 0; start < set.Len(); start += chunk {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		n := min(chunk, set.Len()-start)
		var y mat.Dense
		y.Mul(centred(set, w.mean, start, n), scaled.T())
		columns := r
		if kind == ZCA {
			var z mat.Dense
			z.Mul(&y, w.directions)
			y, columns = z, d
		}
		for i := range n {
			row := out[(start+i)*d : (start+i+1)*d]
			for j, v := range y.RawRowView(i)[:columns] {
				row[j] = float32(v)
			}
		}
	}
	return out, nil
}
