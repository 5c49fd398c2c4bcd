// SPDX-License-Identifier: Apache-2.0

package features

import (
	"errors"
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"revgn/analysis/sites"
	"revgn/internal/devices"
	"revgn/model"
)

// Meter measures the network of some variables at whatever weights they hold. Its graphs are compiled once.
type Meter struct {
	vars    *model.Variables
	setup   Setup
	targets targets
	thin    []sites.Site // see Setup.split
	folded  []sites.Site
	wide    []sites.Site
	roots   []mat.TriDense // of the folded sites L (d, d), CCᵀ = LLᵀ
	look    *devices.Exec
	matrix  *devices.Exec // of thin and folded sites; nil where there are none
	kernels []*devices.Exec
	x       *tensors.Tensor    // (n+N, D)
	fixed   map[string]Numbers // of sites that no weight changes
}

// New prepares to look at the network of vars.
func New(backend compute.Backend, vars *model.Variables, s Setup) (*Meter, error) {
	if err := s.validate(vars.Config); err != nil {
		return nil, err
	}
	m := &Meter{vars: vars, setup: s, fixed: map[string]Numbers{}}
	var labels []int32
	all := s.Probe
	if s.Fit != nil {
		labels = s.Fit.Y
		all.X, all.Y = append(append([]float32(nil), s.Fit.X...), s.Probe.X...), append(append([]int32(nil), s.Fit.Y...), s.Probe.Y...)
	}
	var err error
	if m.targets, err = newTargets(labels, s.Probe.Y, s.Probe.Classes); err != nil {
		return nil, err
	}
	group, err := devices.New(1, vars.Config)
	if err != nil {
		return nil, err
	}
	exec := func(build devices.Function) *devices.Exec {
		e, failed := group.NewExec(backend, vars.Store, build)
		err = errors.Join(err, failed)
		return e
	}
	m.thin, m.folded, m.wide = s.split(vars.Config)
	m.look = exec(lookGraph(vars))
	if len(m.thin)+len(m.folded) > 0 {
		m.matrix = exec(matricesOf(vars, m.thin, m.folded))
	}
	for _, site := range m.wide {
		m.kernels = append(m.kernels, exec(gramOf(vars, site)))
	}
	var unused *tensors.Tensor
	m.x, unused = all.Tensors(vars.Config.DType, 0, all.Len())
	if err := errors.Join(err, unused.FinalizeAll()); err != nil {
		return nil, err
	}
	if len(m.folded) == 0 {
		return m, nil
	}
	expansions := exec(expansionsOf(vars, m.folded))
	if err != nil {
		return nil, err
	}
	defer expansions.Finalize()
	return m, m.fold(expansions)
}

// fold takes the roots of CCᵀ, which no weight changes.
func (m *Meter) fold(expansions *devices.Exec) error {
	out, err := expansions.Call(m.x)
	if err != nil {
		return err
	}
	m.roots = make([]mat.TriDense, len(out))
	for i, site := range m.folded {
		gram, err := toHost(out[i])
		if err != nil {
			return err
		}
		var factor mat.Cholesky
		if !factor.Factorize(symmetric(gram)) {
			return fmt.Errorf("%s: the rows of C depend on each other", model.CouplingName(site.Coupling))
		}
		factor.LTo(&m.roots[i])
	}
	return nil
}

// Close frees the compiled graphs and the samples.
func (m *Meter) Close() error {
	for _, e := range append(m.kernels, m.look, m.matrix) {
		if e != nil {
			e.Finalize()
		}
	}
	return m.x.FinalizeAll()
}
