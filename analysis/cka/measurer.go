// SPDX-License-Identifier: Apache-2.0

package cka

import (
	"context"
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"

	"revgn/internal/devices"
	"revgn/model"
)

// Measurer takes the kernel matrices of a network's sites.
type Measurer struct {
	plan  *Plan
	vars  *model.Variables
	execs []*devices.Exec // one a part
}

// NewMeasurer prepares to look at the network of vars, which is one of those planned for, with whatever weights it has when Measure is called.
func (p *Plan) NewMeasurer(backend compute.Backend, vars *model.Variables) (*Measurer, error) {
	group, err := devices.New(1, vars.Config)
	if err != nil {
		return nil, err
	}
	m := &Measurer{plan: p, vars: vars}
	for _, part := range p.Parts {
		exec, err := group.NewExec(backend, vars.Store, gramsOf(vars, part))
		if err != nil {
			m.Finalize()
			return nil, err
		}
		m.execs = append(m.execs, exec)
	}
	return m, nil
}

// Finalize frees the compiled graphs.
func (m *Measurer) Finalize() {
	for _, exec := range m.execs {
		exec.Finalize()
	}
	m.execs = nil
}

// Measure takes the kernel matrices of a part's sites with the weights that the network has now.
func (m *Measurer) Measure(ctx context.Context, part int) (*Snapshot, error) {
	p := m.plan
	linear := make([][]Gram, len(p.Parts[part])) // by site, then batch
	for batch := range p.Batches.Count {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		grams, err := m.grams(m.execs[part], batch)
		if err != nil {
			return nil, err
		}
		for i, g := range grams {
			linear[i] = append(linear[i], g)
		}
	}
	s := &Snapshot{samples: p.Probe.SHA256, batches: p.Batches}
	for i, site := range p.Parts[part] {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		r, err := p.Options.representation(site, linear[i])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", site.Name, err)
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
		if grams[i], err = NewGram(m.plan.Batches.Size, values); err != nil {
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
	p := m.plan
	n, d := p.Batches.Size, p.Probe.D
	single := make([]float32, 0, n*d)
	for i := range n {
		at := (i*p.Batches.Count + batch) * d
		single = append(single, p.Probe.X[at:at+d]...)
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
