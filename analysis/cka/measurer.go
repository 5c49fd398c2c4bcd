// SPDX-License-Identifier: Apache-2.0

package cka

import (
	"context"
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"

	"revgn/analysis"
	"revgn/analysis/sites"
	"revgn/internal/devices"
	"revgn/model"
)

// Measurer takes the kernel matrices of a network's sites on a probe set.
type Measurer struct {
	vars    *model.Variables
	probe   analysis.Probe
	opts    Options
	batches Batches
	sites   []sites.Site
	lists   [][]sites.Site // the sites of each part
	execs   []*devices.Exec
}

// NewMeasurer prepares to look at the network of vars, whatever its weights are when Measure is called. The sites are cut into parts so that a pass and networks
// representations of a part kept at once take no more than limit bytes, 0 for no limit.
func NewMeasurer(backend compute.Backend, vars *model.Variables, probe analysis.Probe, opts Options, limit int64, networks int) (*Measurer, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	if probe.D != vars.Config.Width {
		return nil, fmt.Errorf("probe set of %s: samples have %d features, the network takes %d", probe.Data, probe.D, vars.Config.Width)
	}
	m := &Measurer{vars: vars, probe: probe, opts: opts, sites: sites.Sites(vars.Config, opts.Kinds)}
	var err error
	if m.batches, err = opts.Batches(probe.Len()); err != nil {
		return nil, err
	}
	if m.lists, err = m.chunks(limit, networks); err != nil {
		return nil, err
	}
	group, err := devices.New(1, vars.Config)
	if err != nil {
		return nil, err
	}
	for _, list := range m.lists {
		exec, err := group.NewExec(backend, vars.Store, gramsOf(vars, list))
		if err != nil {
			m.Finalize()
			return nil, err
		}
		m.execs = append(m.execs, exec)
	}
	return m, nil
}

// Batches is how the samples are cut.
func (m *Measurer) Batches() Batches { return m.batches }

// Sites are those of the network, in the order of the forward pass.
func (m *Measurer) Sites() []sites.Site { return m.sites }

// Parts is the number of parts into which the memory limit cuts the sites: 1 where all fit.
func (m *Measurer) Parts() int { return len(m.lists) }

// Finalize frees the compiled graphs.
func (m *Measurer) Finalize() {
	for _, exec := range m.execs {
		exec.Finalize()
	}
	m.execs = nil
}

// Measure takes the kernel matrices of a part's sites with the weights that the network has now.
func (m *Measurer) Measure(ctx context.Context, part int) (*Snapshot, error) {
	linear := make([][]Gram, len(m.lists[part])) // by site, then batch
	for b := range m.batches.Count {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		grams, err := m.grams(m.execs[part], b)
		if err != nil {
			return nil, err
		}
		for i, g := range grams {
			linear[i] = append(linear[i], g)
		}
	}
	s := &Snapshot{samples: m.probe.SHA256, batches: m.batches}
	for i, site := range m.lists[part] {
		r, err := m.opts.representation(site, linear[i])
		if err != nil {
			return nil, err
		}
		linear[i] = nil
		s.list = append(s.list, r)
	}
	return s, nil
}

// grams runs a part's graph on a batch.
func (m *Measurer) grams(exec *devices.Exec, batch int) ([]Gram, error) {
	x := m.rows(batch)
	out, err := exec.Call(x)
	if err != nil {
		return nil, err
	}
	grams := make([]Gram, len(out))
	for i, t := range out {
		values, err := tensors.CopyFlatData[float64](t)
		if err != nil {
			return nil, err
		}
		if grams[i], err = NewGram(m.batches.Size, values); err != nil {
			return nil, err
		}
		if err := t.FinalizeAll(); err != nil {
			return nil, err
		}
	}
	return grams, x.FinalizeAll()
}

// rows are the samples of a batch, (n, D) in the network's dtype.
func (m *Measurer) rows(batch int) *tensors.Tensor {
	n, d := m.batches.Size, m.probe.D
	single := make([]float32, 0, n*d)
	for i := range n {
		at := (i*m.batches.Count + batch) * d
		single = append(single, m.probe.X[at:at+d]...)
	}
	if m.vars.Config.DType != dtypes.Float64 {
		return tensors.FromFlatDataAndDimensions(single, n, d)
	}
	double := make([]float64, len(single))
	for i, v := range single {
		double[i] = float64(v)
	}
	return tensors.FromFlatDataAndDimensions(double, n, d)
}
