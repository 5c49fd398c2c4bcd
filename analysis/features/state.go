// SPDX-License-Identifier: Apache-2.0

package features

import (
	"errors"

	"revgn/analysis/sites"
)

// State is what was measured at one set of weights.
type State struct {
	probe     string // hash of the probe set
	sites     []sites.Site
	numbers   []Numbers
	names     []string // of the couplings with sides
	sides     []*sides
	hits      []bool // by the network's own logits
	inversion []Inversion
}

// Compare puts a state beside the one at the start, which a Meter with the same samples and sites has measured.
func Compare(start, now *State) (*Result, error) {
	if start.probe != now.probe || len(start.sites) != len(now.sites) || len(start.sides) != len(now.sides) {
		return nil, errors.New("the two states were measured on other samples, other sites or other networks; want the same")
	}
	r := &Result{Inversion: now.inversion}
	r.Network.Accuracy, r.Network.Error = accuracy(now.hits)
	r.Network.Start, _ = accuracy(start.hits)
	r.Network.Gain = gain(now.hits, start.hits)
	for i, site := range now.sites {
		row := SiteRow{Site: site, Now: now.numbers[i], Start: start.numbers[i]}
		if a, b := row.Now.Probe, row.Start.Probe; a != nil && b != nil {
			g := gain(a.Hits, b.Hits)
			row.Gain = &g
		}
		r.Sites = append(r.Sites, row)
	}
	for i, name := range now.names {
		s := now.sides[i].shares()
		row := CouplingRow{Name: name, On: s.On, AlwaysOff: s.AlwaysOff, AlwaysOn: s.AlwaysOn, Start: start.sides[i].shares()}
		row.Flipped, row.FlippedUnits = now.sides[i].against(start.sides[i])
		r.Couplings = append(r.Couplings, row)
	}
	return r, nil
}
