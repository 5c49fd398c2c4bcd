// SPDX-License-Identifier: Apache-2.0

package cka

import (
	"fmt"
	"math"

	"revgn/internal/number"
	"revgn/internal/stats"
)

// Similarity is the CKA of two representations of the same samples. Errors are standard errors by the jackknife: over groups of samples where all samples are
// compared at once, over batches where they are not.
type Similarity struct {
	Debiased      number.Number   `json:"debiased"`
	DebiasedError number.Number   `json:"debiased_error"`
	Biased        number.Optional `json:"biased,omitzero"` // left out where samples came in batches: its bias would be that of a batch
	BiasedError   number.Optional `json:"biased_error,omitzero"`
	Warnings      []string        `json:"warnings,omitempty"`
}

// Compare is the CKA of two kernel matrices of the same samples, <HKH, HMH>/(‖HKH‖‖HMH‖), and HSIC₁(K, M)/√(HSIC₁(K, K) HSIC₁(M, M))
// (docs/analysis.md).
func Compare(a, b *Centred) (Similarity, error) {
	if a.n != b.n || a.groups != b.groups {
		return Similarity{}, fmt.Errorf("CKA of %d samples in %d groups with %d in %d: want the same samples", a.n, a.groups, b.n, b.groups)
	}
	cross := between(a, b)
	var s Similarity
	biased, biasedError := ratio(cross.biased, a.self.biased, b.self.biased)
	debiased, debiasedError := ratio(cross.debiased, a.self.debiased, b.self.debiased)
	s.Biased, s.BiasedError = number.Some(biased), number.Some(biasedError)
	s.Debiased, s.DebiasedError = number.Number(debiased), number.Number(debiasedError)
	s.warn(a.n, []float64{a.self.debiased.all, b.self.debiased.all})
	if a.groups == 0 {
		s.Warnings = append(s.Warnings, fmt.Sprintf("%d samples are too few for a standard error", a.n))
	}
	return s, nil
}

// ratio is CKA from three estimates of HSIC, with its standard error.
func ratio(cross, a, b hsic) (value, standardError float64) {
	replicates := make([]float64, len(cross.without))
	for g := range replicates {
		replicates[g] = normalised(cross.without[g], a.without[g], b.without[g])
	}
	return normalised(cross.all, a.all, b.all), stats.JackknifeError(replicates)
}

// normalised is cross/√(a b), NaN where a or b is not positive.
func normalised(cross, a, b float64) float64 {
	if !(a > 0) || !(b > 0) {
		return math.NaN()
	}
	return cross / (math.Sqrt(a) * math.Sqrt(b))
}

// warn says why a number has no value, from HSIC₁ of each side with itself.
func (s *Similarity) warn(samples int, selves []float64) {
	for i, v := range selves {
		side := []string{"first", "second"}[i]
		switch {
		case math.IsNaN(v) || math.IsInf(v, 0):
			s.Warnings = append(s.Warnings, fmt.Sprintf("the %s representation is not finite, or most samples are equal in it", side))
		case !(v > 0):
			s.Warnings = append(s.Warnings, fmt.Sprintf("HSIC₁ of the %s representation with itself is %.3g on %d samples, not above 0: debiased CKA has no value", side, v, samples))
		}
	}
}
