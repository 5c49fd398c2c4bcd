// SPDX-License-Identifier: Apache-2.0

package cka

import (
	"fmt"
	"slices"

	"revgn/analysis"
	"revgn/analysis/sites"
	"revgn/model"
)

// Plan says at which sites and on which samples networks are compared, and which sites are measured together.
type Plan struct {
	Probe   analysis.Probe
	Options Options
	Batches Batches
	Parts   [][]sites.Site // one where the memory limit allows all sites at once
	Left    []string       // names of sites that not every network has; they are left out
}

// NewPlan plans for networks of the configurations given, of which so many snapshots are kept at once as kept says. A part is as many sites as the limit in bytes
// allows, 0 for no limit; a limit under what a single site takes is an error.
func NewPlan(networks []model.Config, probe analysis.Probe, opts Options, limit int64, kept int) (*Plan, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	p := &Plan{Probe: probe, Options: opts}
	var err error
	if p.Batches, err = opts.Batches(probe.Len()); err != nil {
		return nil, err
	}
	var common []sites.Site
	for i, c := range networks {
		if probe.D != c.Width {
			return nil, fmt.Errorf("probe set of %s: samples have %d features, the network takes %d", probe.Data, probe.D, c.Width)
		}
		if i == 0 {
			common = sites.Sites(c, opts.Kinds)
			continue
		}
		common = p.shared(common, sites.Sites(c, opts.Kinds))
	}
	if len(common) == 0 {
		return nil, fmt.Errorf("sites: the networks have none of the kinds %v in common", opts.Kinds)
	}
	return p, p.cut(networks, common, limit, int64(kept))
}

// shared are the sites of a that b has too; the others are noted.
func (p *Plan) shared(a, b []sites.Site) []sites.Site {
	var both []sites.Site
	for _, site := range a {
		if slices.Contains(b, site) {
			both = append(both, site)
		}
	}
	for _, site := range slices.Concat(a, b) {
		if !slices.Contains(both, site) && !slices.Contains(p.Left, site.Name) {
			p.Left = append(p.Left, site.Name)
		}
	}
	return both
}

// Sites lists the sites of all parts, in the order of the forward pass.
func (p *Plan) Sites() []sites.Site { return slices.Concat(p.Parts...) }

// cut fills in Parts.
func (p *Plan) cut(networks []model.Config, list []sites.Site, limit, kept int64) error {
	var part []sites.Site
	for _, site := range list {
		part = append(part, site)
		need := p.bytes(networks, part, kept)
		if limit == 0 || need <= limit {
			continue
		}
		if len(part) == 1 {
			return fmt.Errorf("memory-limit %d MiB: CKA at %s on %d samples at a time takes about %d MiB (use fewer --probes or a smaller --batch)",
				limit>>20, site.Name, p.Batches.Size, need>>20+1)
		}
		p.Parts = append(p.Parts, part[:len(part)-1])
		part = []sites.Site{site}
		if need := p.bytes(networks, part, kept); need > limit {
			return p.cut(networks, part, limit, kept) // which says what it takes
		}
	}
	p.Parts = append(p.Parts, part)
	return nil
}

// Bytes estimates what comparing takes, with kept snapshots: the most of any part.
func (p *Plan) Bytes(networks []model.Config, kept int) int64 {
	var most int64
	for _, part := range p.Parts {
		most = max(most, p.bytes(networks, part, int64(kept)))
	}
	return most
}

// gramCopies is how many matrices of the size of a kernel matrix its making holds at once: bands, their mirror images, the whole.
const gramCopies = 3

// bytes estimates what a part takes: weights and a pass of the largest network, the sites' representations in the network's dtype and in float64, their kernel
// matrices on the way, and what is kept of them in the snapshots.
func (p *Plan) bytes(networks []model.Config, part []sites.Site, kept int64) int64 {
	n := int64(p.Batches.Size)
	var most int64
	for _, c := range networks {
		size := int64(c.DType.Size())
		need := size * (int64(c.Trainable()+c.Frozen()) + n*(6*int64(c.Width)+2*int64(c.Hidden)))
		for _, site := range part {
			need += n * int64(sites.Columns(c, site)) * (size + 2*8)
		}
		most = max(most, need)
	}
	matrix := 8 * n * n
	perSite := gramCopies*matrix + matrix*int64(p.Batches.Count)*(1+kept*int64(len(p.Options.Kernels)))
	return most + int64(len(part))*perSite
}
