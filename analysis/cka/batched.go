// SPDX-License-Identifier: Apache-2.0

package cka

import (
	"fmt"

	"revgn/internal/number"
)

// CompareBatches is the debiased CKA of two representations from kernel matrices of batches, a's and b's of the same samples each: HSIC₁ is averaged over batches,
// then divided (Nguyen et al. 2021, arXiv 2010.15327). HSIC₁ is unbiased in batches of any size, so the mean estimates what all samples at once would. One
// batch is Compare.
func CompareBatches(a, b []*Centred) (Similarity, error) {
	switch {
	case len(a) != len(b) || len(a) == 0:
		return Similarity{}, fmt.Errorf("CKA of %d batches with %d: want one or more, and as many of each", len(a), len(b))
	case len(a) == 1:
		return Compare(a[0], b[0])
	}
	var cross, selfA, selfB []float64
	samples := 0
	for i := range a {
		if a[i].n != b[i].n {
			return Similarity{}, fmt.Errorf("CKA of batch %d: %d samples with %d, want the same samples", i, a[i].n, b[i].n)
		}
		samples += a[i].n
		cross = append(cross, between(a[i], b[i]).debiased.all)
		selfA, selfB = append(selfA, a[i].self.debiased.all), append(selfB, b[i].self.debiased.all)
	}
	means := [3]hsic{leftOneOut(cross), leftOneOut(selfA), leftOneOut(selfB)}
	value, standardError := ratio(means[0], means[1], means[2])
	s := Similarity{Debiased: number.Number(value), DebiasedError: number.Number(standardError)}
	s.warn(samples, []float64{means[1].all, means[2].all})
	return s, nil
}

// leftOneOut is the mean over batches, and without each.
func leftOneOut(batches []float64) hsic {
	total, count := sum(batches), float64(len(batches))
	h := hsic{all: total / count}
	for _, v := range batches {
		h.without = append(h.without, (total-v)/(count-1))
	}
	return h
}
