// SPDX-License-Identifier: Apache-2.0

package cka

import (
	"fmt"

	"revgn/internal/number"
)

// Matrix holds the CKA of every network with every other at one site, entry (i, j) of the i-th with the j-th. Matrices are symmetric with ones on the diagonal, where
// CKA has a value.
type Matrix struct {
	Debiased      [][]number.Number `json:"debiased"`
	DebiasedError [][]number.Number `json:"debiased_error"`
	Biased        [][]number.Number `json:"biased,omitempty"` // none where samples came in batches
	BiasedError   [][]number.Number `json:"biased_error,omitempty"`
}

// Across is a site of several networks.
type Across struct {
	Site     string   `json:"site"`
	Linear   *Matrix  `json:"linear,omitempty"`
	RBF      *Matrix  `json:"rbf,omitempty"`
	Warnings []string `json:"warnings,omitempty"`
}

// By is the matrix by a kernel, nil where it was not asked for.
func (a Across) By(kernel Kernel) *Matrix {
	if kernel == KernelRBF {
		return a.RBF
	}
	return a.Linear
}

// CompareAll compares networks pairwise, site by site, from snapshots of the same part of a plan.
func CompareAll(networks []*Snapshot) ([]Across, error) {
	if len(networks) < 2 {
		return nil, fmt.Errorf("CKA across networks: got %d, want two or more", len(networks))
	}
	var all []Across
	for i := range networks {
		for j := range i + 1 {
			results, err := networks[i].Against(networks[j])
			if err != nil {
				return nil, fmt.Errorf("networks %d and %d: %w", j, i, err)
			}
			if all == nil {
				all = emptyAcross(results, len(networks))
			}
			if len(results) != len(all) {
				return nil, fmt.Errorf("networks %d and %d have %d sites in common, the others %d: want the same part of one plan", j, i, len(results), len(all))
			}
			for s := range results {
				all[s].set(i, j, results[s])
			}
		}
	}
	return all, nil
}

func emptyAcross(results []Result, networks int) []Across {
	all := make([]Across, len(results))
	for s, r := range results {
		all[s] = Across{Site: r.Site, Linear: emptyMatrix(r.Linear, networks), RBF: emptyMatrix(r.RBF, networks)}
	}
	return all
}

// emptyMatrix has the numbers that a similarity has.
func emptyMatrix(like *Similarity, networks int) *Matrix {
	if like == nil {
		return nil
	}
	square := func() [][]number.Number {
		rows := make([][]number.Number, networks)
		for i := range rows {
			rows[i] = make([]number.Number, networks)
		}
		return rows
	}
	m := &Matrix{Debiased: square(), DebiasedError: square()}
	if like.Biased.Set {
		m.Biased, m.BiasedError = square(), square()
	}
	return m
}

func (a *Across) set(i, j int, r Result) {
	for _, kernel := range []Kernel{KernelLinear, KernelRBF} {
		m, s := a.By(kernel), r.By(kernel)
		if s == nil {
			continue
		}
		m.set(i, j, s)
		for _, w := range s.Warnings {
			a.Warnings = append(a.Warnings, fmt.Sprintf("networks %d and %d, %s: %s", j, i, kernel, w))
		}
	}
}

func (m *Matrix) set(i, j int, s *Similarity) {
	put := func(rows [][]number.Number, v number.Number) { rows[i][j], rows[j][i] = v, v }
	put(m.Debiased, s.Debiased)
	put(m.DebiasedError, s.DebiasedError)
	if s.Biased.Set {
		put(m.Biased, s.Biased.Value)
		put(m.BiasedError, s.BiasedError.Value)
	}
}
