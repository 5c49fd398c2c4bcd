// SPDX-License-Identifier: Apache-2.0

package optim

import (
	"math"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"revgn/gnstep"
	"revgn/model"
)

// muon orthogonalises Nesterov's momentum (Jordan et al., 2024) with the conventions of torch.optim.Muon: v ← μv + (1-μ)g, O = orthogonal(μv + (1-μ)g),
// Z ← (1 - lr·λ)Z - lr·s·O. It sees a coupling's weights and bias as the one matrix Z = [W; b] that they are. s = √max(1, d/(h+1)) is PyTorch's factor for
// a linear layer of h+1 inputs and d outputs (nn.Linear keeps the transpose of Z), 1 wherever the expansion is wider than its half.
type muon struct {
	vars      *model.Variables
	mu, decay float64
	momenta   []zVariables // one for each coupling
}

// zVariables holds something of the shape of a coupling's Z; bias is nil without one.
type zVariables struct{ w, bias *gomlx.Variable }

func newMuon(vars *model.Variables, mu, decay float64) (*muon, error) {
	m := &muon{vars: vars, mu: mu, decay: decay, momenta: make([]zVariables, vars.Config.Couplings())}
	trained := vars.Trained()
	zeros := func() (*gomlx.Variable, error) {
		named := trained[0]
		trained = trained[1:]
		v, err := vars.Store.CreateVariable(gnstep.StateScope+"muon/"+named.Name, tensors.FromShape(named.Variable.Shape()))
		if err != nil {
			return nil, err
		}
		return v.SetTrainable(false), nil
	}
	for i := range m.momenta {
		var err error
		if m.momenta[i].w, err = zeros(); err != nil {
			return nil, err
		}
		if !vars.Config.Bias {
			continue
		}
		if m.momenta[i].bias, err = zeros(); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (m *muon) update(lr *graph.Node, gradients []model.Delta) {
	g := lr.Graph()
	before := m.vars.Network(g).Weights()
	c := m.vars.Config
	scaled := graph.MulScalar(lr, math.Sqrt(max(1, float64(c.Half())/float64(c.FeatureCount()))))
	after := make([]model.Delta, len(before))
	for i, z := range before {
		o := orthogonal(m.nesterov(g, i, gradients[i]))
		after[i] = each2(z, o, func(z, o *graph.Node) *graph.Node {
			if m.decay != 0 {
				z = graph.Mul(z, graph.OneMinus(graph.MulScalar(lr, m.decay)))
			}
			return graph.Sub(z, graph.Mul(scaled, o))
		})
	}
	m.vars.Update(after)
}

// nesterov moves coupling i's momentum v to μv + (1-μ)g and returns as much again of the way: μv + (1-μ)g with the new v.
func (m *muon) nesterov(g *graph.Graph, i int, gradient model.Delta) model.Delta {
	toward := func(v, gradient *graph.Node) *graph.Node {
		return graph.Add(graph.MulScalar(v, m.mu), graph.MulScalar(gradient, 1-m.mu))
	}
	state := m.momenta[i]
	v := model.Delta{W: state.w.NodeValue(g)}
	if state.bias != nil {
		v.Bias = state.bias.NodeValue(g)
	}
	v = each2(v, gradient, toward)
	state.w.SetNodeValue(v.W)
	if state.bias != nil {
		state.bias.SetNodeValue(v.Bias)
	}
	return each2(v, gradient, toward)
}
