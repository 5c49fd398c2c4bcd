// SPDX-License-Identifier: Apache-2.0

package features

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/gomlx/core/tensors"

	"revgn/analysis/sites"
	"revgn/internal/number"
	"revgn/model"
)

// Measure looks at the network with the weights that its variables hold now.
func (m *Meter) Measure(ctx context.Context) (*State, error) {
	s := &State{probe: m.setup.Probe.SHA256, sites: sites.Sites(m.vars.Config, m.setup.Kinds)}
	if err := m.lookAt(s); err != nil {
		return nil, err
	}
	found := map[string]Numbers{}
	if err := m.thinSites(ctx, found); err != nil {
		return nil, err
	}
	if err := m.wideSites(ctx, found); err != nil {
		return nil, err
	}
	for _, site := range s.sites {
		s.numbers = append(s.numbers, found[site.Name])
	}
	return s, nil
}

// thinSites measures the sites that leave the device as matrices of few columns, from one pass.
func (m *Meter) thinSites(ctx context.Context, found map[string]Numbers) error {
	if m.matrix == nil {
		return nil
	}
	out, err := m.matrix.Call(m.x)
	if err != nil {
		return err
	}
	for i, site := range slices.Concat(m.thin, m.folded) {
		x, err := toHost(out[i])
		if err != nil {
			return err
		}
		if j := i - len(m.thin); j >= 0 {
			x.Mul(x, &m.roots[j])
		}
		if err := m.site(ctx, site, cloud{fit: m.setup.fit(), x: x}, found); err != nil {
			return err
		}
	}
	return nil
}

// wideSites measures the others, with a pass for each, since all their matrices at once fill the memory.
func (m *Meter) wideSites(ctx context.Context, found map[string]Numbers) error {
	for i, site := range m.wide {
		if n, known := m.fixed[site.Name]; known {
			found[site.Name] = n
			continue
		}
		out, err := m.kernels[i].Call(m.x)
		if err != nil {
			return err
		}
		k, err := toHost(out[0])
		if err != nil {
			return err
		}
		if err := m.site(ctx, site, cloud{fit: m.setup.fit(), kernel: k}, found); err != nil {
			return err
		}
	}
	return nil
}

// site measures one, once only where no weight changes it.
func (m *Meter) site(ctx context.Context, site sites.Site, c cloud, found map[string]Numbers) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	n, known := m.fixed[site.Name]
	if !known {
		var err error
		if n, err = m.targets.numbers(c); err != nil {
			return fmt.Errorf("%s: %w", site.Name, err)
		}
		if site.Kind == sites.Input || site.Kind == sites.Features && site.Coupling == 0 {
			m.fixed[site.Name] = n
		}
	}
	found[site.Name] = n
	return nil
}

// lookAt runs the graph of what is asked of the network as such.
func (m *Meter) lookAt(s *State) error {
	c := m.vars.Config
	x, labels := m.setup.Probe.Tensors(c.DType, 0, m.setup.Probe.Len())
	out, err := m.look.Call(x, labels)
	if err != nil {
		return err
	}
	hits, err := toHost(out[0])
	if err != nil {
		return err
	}
	for _, v := range hits.RawRowView(0) {
		s.hits = append(s.hits, v == 1)
	}
	out = out[1:]
	if !c.Linearised {
		squares, err := toHost(out[0])
		if err != nil {
			return err
		}
		s.inversion, out = inversions(c.Blocks, squares.RawRowView), out[1:]
	}
	for i := range c.Couplings() {
		if c.ActivationOf(i) == model.Identity {
			continue
		}
		on, err := tensors.CopyFlatData[bool](out[0])
		if err != nil {
			return err
		}
		s.names, s.sides = append(s.names, model.CouplingName(i)), append(s.sides, newSides(len(s.hits), c.Hidden, on))
		if err := out[0].FinalizeAll(); err != nil {
			return err
		}
		out = out[1:]
	}
	return errors.Join(x.FinalizeAll(), labels.FinalizeAll())
}

// inversions are the relative errors from rows of squares, error and size in turn. A sample that is zero tells nothing of a single one.
func inversions(blocks int, row func(int) []float64) []Inversion {
	var list []Inversion
	for part := range blocks + 1 {
		name := "network"
		if part > 0 {
			name = fmt.Sprintf("block%d", part-1)
		}
		var off, size, worst float64
		for i, e := range row(2 * part) {
			of := row(2*part + 1)[i]
			off, size = off+e, size+of
			if of > 0 {
				worst = max(worst, e/of)
			}
		}
		list = append(list, Inversion{name, number.Number(math.Sqrt(off / size)), number.Number(math.Sqrt(worst))})
	}
	return list
}
