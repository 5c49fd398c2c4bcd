// SPDX-License-Identifier: Apache-2.0

package features

import (
	"fmt"

	"revgn/analysis"
	"revgn/analysis/sites"
	"revgn/model"
)

// Setup is what is looked at.
type Setup struct {
	Probe analysis.Probe  // at least 4 samples
	Fit   *analysis.Probe // samples for ridge classifiers, none of them in Probe; nil for no classifiers
	Kinds []sites.Kind    // of sites
}

func (s Setup) validate(c model.Config) error {
	list := []analysis.Probe{s.Probe}
	if s.Fit != nil {
		list = append(list, *s.Fit)
	}
	for _, p := range list {
		if p.D != c.Width || p.Classes != c.Classes {
			return fmt.Errorf("samples of %s: %d features and %d classes; the network takes %d and %d", p.Data, p.D, p.Classes, c.Width, c.Classes)
		}
	}
	if n := s.Probe.Len(); n < 4 {
		return fmt.Errorf("probe set of %d samples; want 4 or more", n)
	}
	if s.Fit != nil && s.Fit.Len() < 2 {
		return fmt.Errorf("%d samples to fit classifiers on; want 2 or more, or none", s.Fit.Len())
	}
	return nil
}

// split sorts the sites by how they leave the device: thin ones, which have no more columns than there are samples, as they are; folded ones, which are features of
// identity couplings, as the (m, d) matrix x, since their kernel matrix is x(CCᵀ)xᵀ; and wide ones as kernel matrices.
func (s Setup) split(c model.Config) (thin, folded, wide []sites.Site) {
	for _, site := range sites.Sites(c, s.Kinds) {
		identity := site.Kind == sites.Features && c.ActivationOf(site.Coupling) == model.Identity
		switch {
		case identity && c.Half() < c.Hidden && c.Half() <= s.most():
			folded = append(folded, site)
		case sites.Columns(c, site) <= s.most():
			thin = append(thin, site)
		default:
			wide = append(wide, site)
		}
	}
	return thin, folded, wide
}

// most is the larger of the two numbers of samples.
func (s Setup) most() int {
	if s.Fit == nil {
		return s.Probe.Len()
	}
	return max(s.Probe.Len(), s.Fit.Len())
}

// fit is n.
func (s Setup) fit() int {
	if s.Fit == nil {
		return 0
	}
	return s.Fit.Len()
}
