// SPDX-License-Identifier: Apache-2.0

package optim

import (
	"github.com/gomlx/gomlx/core/graph"

	"revgn/internal/dense"
)

// system is a list of symmetric matrices of one size with what is added to their diagonals. They are factored together: the operations of one after the
// other in as many calls as one needs, and a fraction of the compile time.
type system struct{ matrices, levels []*graph.Node }

// add appends matrix + level·I.
func (s *system) add(matrix, level *graph.Node) {
	s.matrices = append(s.matrices, graph.ExpandAxes(matrix, 0))
	s.levels = append(s.levels, graph.Reshape(level, 1))
}

// inverses are L⁻¹ of each, matrix + level·I = LLᵀ.
func (s *system) inverses() []*graph.Node {
	m, level := graph.Concatenate(s.matrices, 0), graph.Concatenate(s.levels, 0)
	inverse := dense.ShiftedInverse(m, level)
	items := make([]*graph.Node, len(s.matrices))
	for i := range items {
		items[i] = dense.Item(inverse, i)
	}
	return items
}
