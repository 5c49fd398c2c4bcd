// SPDX-License-Identifier: Apache-2.0

package prepare

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"revgn/data"
)

// Kind is a whitening.
type Kind string

// The kinds.
const (
	PCA Kind = "pca"
	ZCA Kind = "zca"
)

// Floor is the share of the largest eigenvalue at or below which a direction is left out.
const Floor = 1e-5

// Progress is told what is being done, and does it: it calls work once and returns its error.
type Progress func(what string, work func() error) error

// Whiten replaces the samples of both parts of src by whitened ones, fitted on the training part, and adds a note on it. Set.X is written anew; it is not
// shared with what was there. Mean and Std of src stay those of the values before. It returns early, leaving src as it was, when ctx ends.
func Whiten(ctx context.Context, src *data.Source, kind Kind, progress Progress) error {
	if kind != PCA && kind != ZCA {
		return fmt.Errorf("whiten: got %q; allowed: %s, %s", kind, PCA, ZCA)
	}
	m, err := fit(ctx, src.Train, progress)
	if err != nil {
		return fmt.Errorf("whiten: %s: %w", src.Name, err)
	}
	var parts [2][]float32
	for i, set := range []*data.Set{src.Train, src.Test} {
		what := fmt.Sprintf("whitening %d samples of %d features", set.Len(), set.D)
		if err := progress(what, func() (err error) { parts[i], err = m.apply(ctx, set, kind); return err }); err != nil {
			return err
		}
	}
	src.Train.X, src.Test.X = parts[0], parts[1]
	if kind == PCA {
		for _, set := range []*data.Set{src.Train, src.Test} {
			set.Channels, set.Height, set.Width = 0, 0, 0
		}
	}
	r, d := m.directions.Dims()
	src.Notes = append(src.Notes, fmt.Sprintf("%s whitening fitted on the %d training samples keeps %d of %d directions (eigenvalues %.3g to %.3g, floor %g of the largest)",
		kind, src.Train.Len(), r, d, m.eigenvalues[0], m.eigenvalues[r-1], Floor))
	return nil
}

// whitening is the map that was fitted.
type whitening struct {
	mean        []float64  // m, D
	eigenvalues []float64  // λ_1..λ_r, falling
	directions  *mat.Dense // Q_rᵀ, r x D
}

// fit computes mean, eigenvalues and eigenvectors of a set.
func fit(ctx context.Context, set *data.Set, progress Progress) (*whitening, error) {
	n, d := set.Len(), set.D
	if n < 2 {
		return nil, fmt.Errorf("%d training samples; want at least 2", n)
	}
	w := &whitening{mean: mean(set)}
	var s *mat.SymDense
	size := min(n, d)
	err := progress(fmt.Sprintf("summing the %d x %d covariance of %d samples", size, size, n), func() (err error) {
		if n < d {
			s = gram(set, w.mean)
			return ctx.Err()
		}
		s, err = covariance(ctx, set, w.mean)
		return err
	})
	if err != nil {
		return nil, err
	}
	var values []float64
	var vectors *mat.Dense
	err = progress(fmt.Sprintf("eigenvectors of the %d x %d covariance (minutes beyond 2000)", size, size), func() (err error) {
		values, vectors, err = eigen(ctx, s)
		return err
	})
	if err != nil {
		return nil, err
	}
	if !(values[0] > 0) {
		return nil, fmt.Errorf("the training samples do not differ: the largest variance is %v", values[0])
	}
	r := 0
	for r < len(values) && values[r] > Floor*values[0] {
		r++
	}
	w.eigenvalues = values[:r]
	w.directions = mat.DenseCopyOf(vectors.Slice(0, size, 0, r).T())
	if n < d {
		w.lift(set)
	}
	w.fixSigns()
	return w, nil
}

// lift turns eigenvectors v of XXᵀ/N into those of XᵀX/N: q = Xᵀv/√(Nλ).
func (w *whitening) lift(set *data.Set) {
	n := set.Len()
	x := centred(set, w.mean, 0, n)
	var q mat.Dense
	q.Mul(w.directions, x)
	for i, value := range w.eigenvalues {
		row := q.RawRowView(i)
		for j := range row {
			row[j] /= math.Sqrt(float64(n) * value)
		}
	}
	w.directions = &q
}

// fixSigns makes the entry of largest size of each direction positive, the first of equals.
func (w *whitening) fixSigns() {
	for i := range w.eigenvalues {
		row := w.directions.RawRowView(i)
		best := 0
		for j, v := range row {
			if math.Abs(v) > math.Abs(row[best]) {
				best = j
			}
		}
		if row[best] < 0 {
			for j := range row {
				row[j] = -row[j]
			}
		}
	}
}
