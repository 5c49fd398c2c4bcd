// SPDX-License-Identifier: Apache-2.0

package cka

import (
	"fmt"
	"math"

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
	add := func(kernel Kernel, g Gram) error {
		c, err := Centre(g, groups)
		if err != nil {
			return fmt.Errorf("%s: %w", site.Name, err)
		}
		r.kernels[kernel] = append(r.kernels[kernel], c)
		return nil
	}
	if o.has(KernelRBF) {
		s := o.RBFFactor * MedianDistance(linear...)
		for _, g := range linear {
			if err := add(KernelRBF, g.RBF(s)); err != nil {
				return r, err
			}
		}
	}
	if o.has(KernelLinear) {
		for _, g := range linear {
			if err := add(KernelLinear, g); err != nil {
				return r, err
			}
		}
	}
	return r, nil
}

// Result is the CKA of two representations: of one site of two networks, or of two sites.
type Result struct {
	Site   string      `json:"site"`
	Linear *Similarity `json:"linear,omitempty"`
	RBF    *Similarity `json:"rbf,omitempty"`
}

// Warnings are those of both kernels, with what they are about.
func (r Result) Warnings() []string {
	var all []string
	for _, k := range []struct {
		kernel Kernel
		s      *Similarity
	}{{KernelLinear, r.Linear}, {KernelRBF, r.RBF}} {
		if k.s == nil {
			continue
		}
		for _, w := range k.s.Warnings {
			all = append(all, fmt.Sprintf("%s, %s: %s", r.Site, k.kernel, w))
		}
	}
	return all
}

// Against compares every site of a snapshot with the one of the same name in another, in the order of the first. Sites that only one network has are left out.
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
				return nil, err
			}
			results = append(results, r)
		}
	}
	return results, nil
}

// SiteMatrix compares every site of a snapshot with every one of another: of the i-th and the j-th the debiased CKA by the kernel, and the biased one, NaN where
// samples came in batches.
func (s *Snapshot) SiteMatrix(other *Snapshot, kernel Kernel) (debiased, biased [][]float64, err error) {
	if err := s.comparable(other); err != nil {
		return nil, nil, err
	}
	for _, a := range s.list {
		var rowD, rowB []float64
		for _, b := range other.list {
			d, h, err := values(a.kernels[kernel], b.kernels[kernel])
			if err != nil {
				return nil, nil, fmt.Errorf("%s with %s: %w", a.site.Name, b.site.Name, err)
			}
			rowD, rowB = append(rowD, d), append(rowB, h)
		}
		debiased, biased = append(debiased, rowD), append(biased, rowB)
	}
	return debiased, biased, nil
}

// Sites are the snapshot's, in order.
func (s *Snapshot) Sites() []sites.Site {
	var list []sites.Site
	for _, r := range s.list {
		list = append(list, r.site)
	}
	return list
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
			return r, fmt.Errorf("%s: %w", r.Site, err)
		}
		if kernel == KernelLinear {
			r.Linear = &s
		} else {
			r.RBF = &s
		}
	}
	return r, nil
}

// values are the two numbers of a comparison without their errors.
func values(a, b []*Centred) (debiased, biased float64, err error) {
	s, err := CompareBatches(a, b)
	if !s.Biased.Set {
		return float64(s.Debiased), math.NaN(), err
	}
	return float64(s.Debiased), float64(s.Biased.Value), err
}
