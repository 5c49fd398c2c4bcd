// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"revgn/model"
)

// memory is what a step keeps between steps, in the store under StateScope; a part is nil where the options have no use for it. It stays on the device, and
// checkpoints save it.
type memory struct {
	lambda *gomlx.Variable   // λ under LMDamping, a scalar of the network's dtype
	share  *gomlx.Variable   // of lr at which the line search starts, a scalar of the network's dtype
	draws  *gomlx.Variable   // noises drawn so far, Int64
	last   []*gomlx.Variable // the last change of every trained tensor, in the order of model.Variables.Trained
}

const memoryScope = StateScope + "gn/"

// remember creates what the options need, as it is before the first step.
func remember(vars *model.Variables, o Options) (memory, error) {
	var m memory
	var err error
	keep := func(name string, value *tensors.Tensor) *gomlx.Variable {
		if err != nil {
			return nil
		}
		if known := vars.Store.GetVariable(memoryScope + name); known != nil {
			err = known.SetValue(value)
			return known
		}
		var v *gomlx.Variable
		if v, err = vars.Store.CreateVariable(memoryScope+name, value); err != nil {
			return nil
		}
		return v.SetTrainable(false)
	}
	if o.Damping.Schedule == LMDamping {
		m.lambda = keep("lambda", scalar(vars.Config.DType, o.Damping.Value))
	}
	if o.LineSearch == Armijo {
		m.share = keep("share", scalar(vars.Config.DType, 1))
	}
	if o.Noise > 0 {
		m.draws = keep("draws", tensors.FromScalar(int64(0)))
	}
	if o.Memory != NoMemory {
		for _, named := range vars.Trained() {
			m.last = append(m.last, keep("last/"+named.Name, tensors.FromShape(named.Variable.Shape())))
		}
	}
	return m, err
}

func scalar(dtype dtypes.DType, v float64) *tensors.Tensor {
	if dtype == dtypes.Float64 {
		return tensors.FromScalar(v)
	}
	return tensors.FromScalar(float32(v))
}

// change is factor times the last change, one Delta a coupling; nil for a step that keeps none.
func (m memory) change(c model.Config, g *graph.Graph, factor float64) []model.Delta {
	if m.last == nil {
		return nil
	}
	deltas, next := make([]model.Delta, c.Couplings()), 0
	take := func() *graph.Node {
		next++
		return graph.MulScalar(m.last[next-1].NodeValue(g), factor)
	}
	for i := range deltas {
		deltas[i].W = take()
		if c.Bias {
			deltas[i].Bias = take()
		}
	}
	return deltas
}

// keep remembers a step: that it drew its noise, where it may have been made, and its change, where it was.
func (m memory) keep(a *attempt) {
	if m.draws != nil {
		draws := m.draws.NodeValue(a.x.Graph())
		m.draws.SetNodeValue(graph.Where(a.sound, graph.OnePlus(draws), draws))
	}
	if m.last != nil {
		m.keepChange(a.change.Deltas, a.taken)
	}
}

// keepChange makes deltas the last change where ok holds.
func (m memory) keepChange(deltas []model.Delta, ok *graph.Node) {
	next := 0
	put := func(part *graph.Node) {
		v := m.last[next]
		next++
		before := v.NodeValue(ok.Graph())
		if part == nil {
			part = graph.ZerosLike(before)
		}
		v.SetNodeValue(graph.Where(ok, part, before))
	}
	for _, delta := range deltas {
		put(delta.W)
		if len(m.last) == 2*len(deltas) {
			put(delta.Bias)
		}
	}
}
