// SPDX-License-Identifier: Apache-2.0

package prepare

import (
	"context"
	"errors"
	"slices"

	"gonum.org/v1/gonum/mat"

	"revgn/data"
)

// chunk is the number of samples that are held in float64 at a time.
const chunk = 1024

// mean is the mean sample.
func mean(set *data.Set) []float64 {
	m := make([]float64, set.D)
	for i := range set.Len() {
		for j, v := range set.Row(i) {
			m[j] += float64(v)
		}
	}
	for j := range m {
		m[j] /= float64(set.Len())
	}
	return m
}

// centred is n samples from start on less the mean, n x D.
func centred(set *data.Set, m []float64, start, n int) *mat.Dense {
	x := mat.NewDense(n, set.D, nil)
	for i := range n {
		row := x.RawRowView(i)
		for j, v := range set.Row(start + i) {
			row[j] = float64(v) - m[j]
		}
	}
	return x
}

// covariance is XᵀX/N, D x D.
func covariance(ctx context.Context, set *data.Set, m []float64) (*mat.SymDense, error) {
	s := mat.NewSymDense(set.D, nil)
	for start := 0; start < set.Len(); start += chunk {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		x := centred(set, m, start, min(chunk, set.Len()-start))
		s.SymRankK(s, 1/float64(set.Len()), x.T())
	}
	return s, nil
}

// gram is XXᵀ/N, N x N.
func gram(set *data.Set, m []float64) *mat.SymDense {
	s := mat.NewSymDense(set.Len(), nil)
	s.SymOuterK(1/float64(set.Len()), centred(set, m, 0, set.Len()))
	return s
}

// eigen returns eigenvalues, the largest first, and the eigenvectors as columns in that order. The factorisation cannot be stopped: when ctx ends it is
// left to itself.
func eigen(ctx context.Context, s *mat.SymDense) ([]float64, *mat.Dense, error) {
	var f mat.EigenSym
	done := make(chan bool, 1)
	go func() { done <- f.Factorize(s, true) }()
	select {
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	case ok := <-done:
		if !ok {
			return nil, nil, errors.New("the eigenvalues of the covariance did not converge; are all values finite?")
		}
	}
	values := f.Values(nil)
	var vectors mat.Dense
	f.VectorsTo(&vectors)
	slices.Reverse(values)
	rows, n := vectors.Dims()
	for i := range rows {
		slices.Reverse(vectors.RawRowView(i)[:n])
	}
	return values, &vectors, nil
}
