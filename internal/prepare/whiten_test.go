// SPDX-License-Identifier: Apache-2.0

package prepare

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"revgn/data"
)

func silent(_ string, work func() error) error { return work() }

func open(t *testing.T, name string, train int) *data.Source {
	t.Helper()
	src, err := data.Open(context.Background(), name, "", data.Options{TrainSize: train})
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func whitened(t *testing.T, name string, train int, kind Kind) (src, before *data.Source) {
	t.Helper()
	src, before = open(t, name, train), open(t, name, train)
	if err := Whiten(context.Background(), src, kind, silent); err != nil {
		t.Fatal(err)
	}
	return src, before
}

// moments are the mean and the covariance of a set, straight from the definition.
func moments(s *data.Set) ([]float64, *mat.SymDense) {
	m, c := make([]float64, s.D), mat.NewSymDense(s.D, nil)
	for i := range s.Len() {
		for j, v := range s.Row(i) {
			m[j] += float64(v) / float64(s.Len())
		}
	}
	for a := range s.D {
		for b := a; b < s.D; b++ {
			var sum float64
			for i := range s.Len() {
				sum += (float64(s.Row(i)[a]) - m[a]) * (float64(s.Row(i)[b]) - m[b])
			}
			c.SetSym(a, b, sum/float64(s.Len()))
		}
	}
	return m, c
}

// Both whitenings give mean 0 and the identity as covariance where every direction is above the floor; float32 rounds each value to 6e-8 of itself.
func TestWhitenedCovarianceIsTheIdentity(t *testing.T) {
	for _, kind := range []Kind{PCA, ZCA} {
		src, _ := whitened(t, "synthetic:width=20,classes=2,train=900,alpha=2", 0, kind)
		m, c := moments(src.Train)
		for a := range 20 {
			for b := range 20 {
				want := 0.0
				if a == b {
					want = 1
				}
				if off := math.Abs(c.At(a, b) - want); off > 1e-5 {
					t.Errorf("%s: covariance %d, %d is off by %g", kind, a, b, off)
				}
			}
			if math.Abs(m[a]) > 1e-6 {
				t.Errorf("%s: mean %d is %g", kind, a, m[a])
			}
		}
		if note := src.Notes[len(src.Notes)-1]; !strings.Contains(note, string(kind)+" whitening fitted on the 900 training samples keeps 20 of 20 directions") {
			t.Errorf("note %q", note)
		}
		// The test part has the same map, so its moments are near but not those.
		if _, c := moments(src.Test); math.Abs(c.At(0, 0)-1) > 0.3 || c.At(0, 0) == 1 {
			t.Errorf("%s: the first variance of the test part is %g", kind, c.At(0, 0))
		}
	}
}

// Constant pixels and few samples leave directions out: the covariance is a projector of the rank that is told.
func TestWhitenedRankDeficient(t *testing.T) {
	for _, c := range []struct {
		train int
		ranks [2]int // bounds
	}{{0, [2]int{50, 63}}, {40, [2]int{30, 39}}} {
		for _, kind := range []Kind{PCA, ZCA} {
			src, _ := whitened(t, "digits", c.train, kind)
			_, cov := moments(src.Train)
			var f mat.EigenSym
			if !f.Factorize(cov, false) {
				t.Fatal("no eigenvalues")
			}
			ones := 0
			for _, v := range f.Values(nil) {
				if math.Abs(v-1) < 1e-4 {
					ones++
				} else if math.Abs(v) > 1e-4 {
					t.Errorf("%s, %d samples: eigenvalue %g, want 0 or 1", kind, src.Train.Len(), v)
				}
			}
			if ones < c.ranks[0] || ones > c.ranks[1] {
				t.Errorf("%s, %d samples: rank %d, want %v", kind, src.Train.Len(), ones, c.ranks)
			}
			if src.Train.Image() != (kind == ZCA) {
				t.Errorf("%s: still an image: %v", kind, src.Train.Image())
			}
			for i := range src.Test.X {
				if math.IsNaN(float64(src.Test.X[i])) {
					t.Fatalf("%s: test value %d is NaN", kind, i)
				}
			}
		}
	}
}

// The N x N matrix gives the map that the D x D one gives.
func TestGramGivesTheSameMap(t *testing.T) {
	set := open(t, "synthetic:width=32,classes=2", 30).Train
	direct, err := covariance(context.Background(), set, mean(set))
	if err != nil {
		t.Fatal(err)
	}
	values, vectors, err := eigen(context.Background(), direct)
	if err != nil {
		t.Fatal(err)
	}
	w, err := fit(context.Background(), set, silent)
	if err != nil {
		t.Fatal(err)
	}
	if len(w.eigenvalues) != 29 {
		t.Errorf("%d directions of 30 samples, want 29", len(w.eigenvalues))
	}
	for i, v := range w.eigenvalues {
		inner := math.Abs(mat.Dot(w.directions.RowView(i), vectors.ColView(i)))
		if math.Abs(v/values[i]-1) > 1e-9 || math.Abs(inner-1) > 1e-9 {
			t.Errorf("direction %d: eigenvalue %g, of the covariance %g; cosine %g", i, v, values[i], inner)
		}
	}
}

// ZCA is the symmetric map: it commutes with the covariance and stays closest to the samples; PCA is the same up to a rotation.
func TestZCAStaysClosest(t *testing.T) {
	zca, before := whitened(t, "synthetic:width=12,classes=2,train=500", 0, ZCA)
	pca, _ := whitened(t, "synthetic:width=12,classes=2,train=500", 0, PCA)
	distance := func(a, b []float32) (sum float64) {
		for i := range a {
			sum += float64(a[i]-b[i]) * float64(a[i]-b[i])
		}
		return sum
	}
	if near, far := distance(zca.Train.X, before.Train.X), distance(pca.Train.X, before.Train.X); near >= far {
		t.Errorf("squared distance to the samples: zca %g, pca %g", near, far)
	}
	norm := func(x []float32) float64 { return distance(x, make([]float32, len(x))) }
	for i := range 5 {
		if a, b := norm(zca.Test.Row(i)), norm(pca.Test.Row(i)); math.Abs(a/b-1) > 1e-5 {
			t.Errorf("test sample %d has squared norm %g by zca and %g by pca", i, a, b)
		}
	}
	if !slices.Equal(zca.Train.Y, before.Train.Y) || zca.Train.Hash != before.Train.Hash {
		t.Error("labels or hash changed")
	}
}

// The same bits every time, and eigenvectors with a fixed sign.
func TestWhitenRepeats(t *testing.T) {
	a, _ := whitened(t, "digits", 300, PCA)
	b, _ := whitened(t, "digits", 300, PCA)
	if !slices.Equal(a.Train.X, b.Train.X) || !slices.Equal(a.Test.X, b.Test.X) {
		t.Error("two fits differ")
	}
	w, err := fit(context.Background(), open(t, "digits", 300).Train, silent)
	if err != nil {
		t.Fatal(err)
	}
	for i := range w.eigenvalues {
		if row := w.directions.RawRowView(i); slices.Max(row) < -slices.Min(row) {
			t.Errorf("direction %d has its largest entry negative", i)
		}
	}
}

func TestWhitenRefuses(t *testing.T) {
	same := &data.Set{Name: "same", D: 2, Classes: 2, X: []float32{1, 2, 1, 2}, Y: []int32{0, 1}}
	one := &data.Set{Name: "one", D: 2, Classes: 2, X: []float32{1, 2}, Y: []int32{0}}
	for _, c := range []struct {
		set  *data.Set
		kind Kind
		want string
	}{{same, PCA, "do not differ"}, {one, ZCA, "at least 2"}, {same, "lda", "pca, zca"}} {
		err := Whiten(context.Background(), &data.Source{Train: c.set, Test: c.set}, c.kind, silent)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	src, before := open(t, "digits", 0), open(t, "digits", 0)
	if err := Whiten(ctx, src, ZCA, silent); !errors.Is(err, context.Canceled) || !slices.Equal(src.Train.X, before.Train.X) {
		t.Errorf("error %v after it was cancelled", err)
	}
}
