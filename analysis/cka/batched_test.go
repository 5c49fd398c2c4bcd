// SPDX-License-Identifier: Apache-2.0

package cka_test

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"revgn/analysis/cka"
	"revgn/internal/oracle"
	"revgn/internal/problem"
)

// inBatches compares two representations in batches, sample i in batch i mod count.
func inBatches(t *testing.T, x, y *mat.Dense, count int) (s cka.Similarity, want float64) {
	t.Helper()
	var a, b []*cka.Centred
	var cross, selfX, selfY float64
	rows, _ := x.Dims()
	for batch := range count {
		var kept []int
		for i := batch; i < rows; i += count {
			kept = append(kept, i)
		}
		ka, k := kernels(t, permuted(kept, x), cka.KernelLinear, 1)
		kb, m := kernels(t, permuted(kept, y), cka.KernelLinear, 1)
		a, b = append(a, ka), append(b, kb)
		cross, selfX, selfY = cross+oracle.HSIC1(k, m), selfX+oracle.HSIC1(k, k), selfY+oracle.HSIC1(m, m)
	}
	s, err := cka.CompareBatches(a, b)
	if err != nil {
		t.Fatal(err)
	}
	return s, cross / math.Sqrt(selfX*selfY)
}

// In batches CKA is the ratio of the batches' mean HSIC₁, and on average what all samples at once give: over many draws the two differ by no more than the
// standard error of that difference, and single ones by a few of the jackknife's errors.
func TestBatchesAgreeWithAllAtOnce(t *testing.T) {
	const n, draws = 240, 30
	var differences []float64
	far := 0
	for draw := range uint64(draws) {
		x := problem.Normal(900+draw, n, 60)
		y := related(77, x, 40, 1.5)
		whole := compared(t, x, y, cka.KernelLinear)
		s, want := inBatches(t, x, y, 8)
		check(t, "batched", float64(s.Debiased), want, near)
		if s.Biased.Set {
			t.Fatal("a biased estimate came in batches")
		}
		difference := float64(s.Debiased - whole.Debiased)
		differences = append(differences, difference)
		if math.Abs(difference) > 2*math.Hypot(float64(s.DebiasedError), float64(whole.DebiasedError)) {
			far++
		}
	}
	mean, deviation := moments(differences)
	if standardError := deviation / math.Sqrt(draws); math.Abs(mean) > 3*standardError {
		t.Errorf("batched less all at once: %g on average, want 0 within 3 standard errors of %g", mean, standardError)
	}
	if far > 3 {
		t.Errorf("%d of %d draws are further apart than twice their errors", far, draws)
	}
}

func TestBatchesOfOneIsCompare(t *testing.T) {
	x := problem.Normal(1, 30, 5)
	y := related(2, x, 4, 1)
	a, _ := kernels(t, x, cka.KernelLinear, 1)
	b, _ := kernels(t, y, cka.KernelLinear, 1)
	whole, err := cka.Compare(a, b)
	if err != nil {
		t.Fatal(err)
	}
	one, err := cka.CompareBatches([]*cka.Centred{a}, []*cka.Centred{b})
	if err != nil || one.Debiased != whole.Debiased || one.Biased != whole.Biased {
		t.Errorf("one batch: %+v, %v; all at once: %+v", one, err, whole)
	}
	if _, err := cka.CompareBatches([]*cka.Centred{a}, nil); err == nil {
		t.Error("one batch with none: no error")
	}
}

func TestBatchesOfSamples(t *testing.T) {
	for _, tt := range []struct {
		samples, batch int
		want           cka.Batches
	}{
		{1000, 0, cka.Batches{Count: 1, Size: 1000}},
		{4000, 0, cka.Batches{Count: 1, Size: 4000}},
		{10000, 0, cka.Batches{Count: 20, Size: 500}},
		{4100, 0, cka.Batches{Count: 9, Size: 455}},
		{1000, 1000, cka.Batches{Count: 1, Size: 1000}},
		{1000, 300, cka.Batches{Count: 4, Size: 250}},
	} {
		o := cka.DefaultOptions()
		o.Batch = tt.batch
		if got, err := o.Batches(tt.samples); err != nil || got != tt.want {
			t.Errorf("%d samples with --batch %d: got %v, %v, want %v", tt.samples, tt.batch, got, err, tt.want)
		}
	}
	if _, err := cka.DefaultOptions().Batches(3); err == nil {
		t.Error("3 samples: no error")
	}
}
