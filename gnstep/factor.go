// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"

	"revgn/internal/dense"
)

// factored is a coupling's system ready to solve, with what is known of its spectrum.
type factored struct {
	*normal
	inverse   *graph.Node // L⁻¹ (n, n) of matrix + μI, or of what a cut keeps of it
	projector *graph.Node // (n, n) on what a cut keeps; nil without one
	spectrum  spectrum
}

// factorAll factors the systems. Those of one size and dtype go through one factorisation as a batch: that is the same number of operations in as many
// calls as a single one needs, and a fraction of the compile time. at is where they are truncated, nil for nowhere.
func factorAll(systems []*normal, at *cut) map[int]*factored {
	type size struct {
		n     int
		dtype dtypes.DType
	}
	var order []size
	groups := map[size][]*normal{}
	for _, s := range systems {
		key := size{s.matrix.Shape().Dim(0), s.matrix.DType()}
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], s)
	}
	done := map[int]*factored{}
	for _, key := range order {
		factorGroup(groups[key], at, done)
	}
	return done
}

func factorGroup(group []*normal, at *cut, done map[int]*factored) {
	matrices, levels := make([]*graph.Node, len(group)), make([]*graph.Node, len(group))
	for i, s := range group {
		matrices[i], levels[i] = graph.ExpandAxes(s.matrix, 0), graph.Reshape(s.mu, 1)
	}
	m, mu := graph.Concatenate(matrices, 0), graph.Concatenate(levels, 0)
	if at != nil {
		t := truncate(m, *at)
		for i, s := range group {
			done[s.coupling] = &factored{normal: s, inverse: dense.Item(t.inverse, i), projector: dense.Item(t.projector, i), spectrum: t.spectra[i]}
		}
		return
	}
	inverse := dense.ShiftedInverse(m, mu)
	spectra := spectraOf(m, inverse, mu)
	for i, s := range group {
		done[s.coupling] = &factored{normal: s, inverse: dense.Item(inverse, i), spectrum: spectra[i]}
	}
}
