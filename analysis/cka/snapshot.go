// SPDX-License-Identifier: Apache-2.0

package cka

import (
	"fmt"
	"slices"

	"revgn/analysis/sites"
)

// Snapshot holds the kernel matrices of a network's sites, as comparisons read them.
type Snapshot struct {
	samples string // the probe set's hash
	batches Batches
	list    []representation
}

// representation is a site: its kernel matrices of each batch.
type representation struct {
	site    sites.Site
	kernels map[Kernel][]*Centred
}

// representation makes the kernels of a site from its linear ones.
func (o Options) representation(site sites.Site, linear []Gram) (representation, error) {
	r := representation{site: site, kernels: map[Kernel][]*Centred{}}
	groups := Groups
	if len(linear) > 1 {
		groups = 0 // errors come from the batches
	}
	var s float64
	if slices.Contains(o.Kernels, KernelRBF) {
		s = o.RBFFactor * MedianDistance(linear...)
	}
	for _, kernel := range o.Kernels {
		for _, g := range linear {
			if kernel == KernelRBF {
				g = g.RBF(s)
			}
			c, err := Centre(g, groups)
			if err != nil {
				return r, err
			}
			r.kernels[kernel] = append(r.kernels[kernel], c)
		}
	}
	return r, nil
}

// Result is the CKA of one site of two networks.
type Result struct {
	Site   string      `json:"site"`
	Linear *Similarity `json:"linear,omitempty"`
	RBF    *Similarity `json:"rbf,omitempty"`
}

// By is the similarity by a kernel, nil where it was not asked for.
func (r Result) By(kernel Kernel) *Similarity {
	if kernel == KernelRBF {
		return r.RBF
	}
	return r.Linear
}

// Against compares every site of a snapshot with the one of the same name in another, in the order of the first. Sites that only one of them has are left out.
func (s *Snapshot) Against(other *Snapshot) ([]Result, error) {
	if err := s.comparable(other); err != nil {
		return nil, err
	}
	var results []Result
	for _, a := range s.list {
		for _, b := range other.list {
			if a.site.Name != b.site.Name {
				continue
			}
			r, err := compare(a, b)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", a.site.Name, err)
			}
			results = append(results, r)
		}
	}
	return results, nil
}

// SiteMatrix compares every site of a snapshot with every one of another: entry (i, j) is the CKA by the kernel of site i here with site j there.
func (s *Snapshot) SiteMatrix(other *Snapshot, kernel Kernel) ([][]Similarity, error) {
	if err := s.comparable(other); err != nil {
		return nil, err
	}
	matrix := make([][]Similarity, len(s.list))
	for i, a := range s.list {
		for _, b := range other.list {
			entry, err := CompareBatches(a.kernels[kernel], b.kernels[kernel])
			if err != nil {
				return nil, fmt.Errorf("%s with %s: %w", a.site.Name, b.site.Name, err)
			}
			matrix[i] = append(matrix[i], entry)
		}
	}
	return matrix, nil
}

func (s *Snapshot) comparable(other *Snapshot) error {
	switch {
	case s.samples != other.samples:
		return fmt.Errorf("CKA of networks on different samples, with SHA-256 %.12s… and %.12s…: want the same probe set", s.samples, other.samples)
	case s.batches != other.batches:
		return fmt.Errorf("CKA of %d batches of %d with %d of %d: want the same batches", s.batches.Count, s.batches.Size, other.batches.Count, other.batches.Size)
	}
	return nil
}

func compare(a, b representation) (Result, error) {
	r := Result{Site: a.site.Name}
	for kernel, list := range a.kernels {
		s, err := CompareBatches(list, b.kernels[kernel])
		if err != nil {
			return r, err
		}
		if kernel == KernelRBF {
			r.RBF = &s
		} else {
			r.Linear = &s
		}
	}
	return r, nil
}
