// SPDX-License-Identifier: Apache-2.0

package optim

import (
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"revgn/gnstep"
	"revgn/model"
)

// momentum is the heavy ball in PyTorch's form: v ← μv + g, Z ← Z - lr·v, with v = 0 before the first step.
type momentum struct {
	vars       *model.Variables
	mu         float64
	velocities []*gomlx.Variable // one for each trained tensor
}

func newMomentum(vars *model.Variables, mu float64) (*momentum, error) {
	m := &momentum{vars: vars, mu: mu}
	for _, named := range vars.Trained() {
		velocity, err := vars.Store.CreateVariable(gnstep.StateScope+"momentum/"+named.Name, tensors.FromShape(named.Variable.Shape()))
		if err != nil {
			return nil, err
		}
		m.velocities = append(m.velocities, velocity.SetTrainable(false))
	}
	return m, nil
}

func (m *momentum) update(lr *graph.Node, gradients []model.Delta) {
	g := lr.Graph()
	before, along := weights(m.vars, g), flat(gradients)
	for i, named := range m.vars.Trained() {
		v := graph.Add(graph.MulScalar(m.velocities[i].NodeValue(g), m.mu), along[i])
		m.velocities[i].SetNodeValue(v)
		named.Variable.SetNodeValue(graph.Sub(before[i], graph.Mul(lr, v)))
	}
}
