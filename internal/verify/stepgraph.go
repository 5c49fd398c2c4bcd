// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/mat"

	"revgn/gnstep"
	"revgn/model"
)

// stepGraph is the problem's Gauss-Newton step, compiled once and run with any α and any batch of the size, each time from the start.
type stepGraph struct {
	*network
	step *gnstep.Step
	exec *gomlx.Exec
}

func newStepGraph(b compute.Backend, n *network) (*stepGraph, error) {
	step, err := gnstep.New(b, n.vars, gnstep.Options{Loss: n.problem.Loss, Shares: n.problem.Shares, Carry: !n.problem.Plain})
	if err != nil {
		return nil, err
	}
	exec, err := gomlx.NewExec(b, n.vars.Store, func(_ *gomlx.Scope, x, labels, lr *graph.Node) *graph.Node {
		return step.Build(x, labels, lr).Pack()
	})
	return &stepGraph{n, step, exec}, err
}

// run makes a step of size α on the batch x and returns its report and the weights after it. The weights stay in the store.
func (s *stepGraph) run(x *mat.Dense, alpha float64) (gnstep.Report, map[string]array, error) {
	if err := s.restore(); err != nil {
		return gnstep.Report{}, nil, err
	}
	out, err := s.exec.Call1(matrixTensor(s.dtype, x), s.labels(), scalarTensor(s.dtype, alpha))
	if err != nil {
		return gnstep.Report{}, nil, err
	}
	packed, err := tensors.CopyFlatData[float64](out)
	if err != nil {
		return gnstep.Report{}, nil, err
	}
	report, err := gnstep.Unpack(packed, s.step.Layout())
	if err != nil {
		return gnstep.Report{}, nil, err
	}
	after, err := s.weights()
	return report, after, err
}

// changed counts the entries whose bits differ from the start's.
func (n *network) changed(after map[string]array) int {
	count := 0
	for name, from := range n.start {
		count += differing(from.flat, after[name].flat)
	}
	return count
}

// wholeChange is so large an α that Z - αΔZ is -αΔZ up to the dtype's rounding: ΔZ as it was written, to full precision.
const wholeChange = 1 << 20

// change is ΔZ = (Z - Z')/α of every coupling.
func (n *network) change(after map[string]array, alpha float64) []*mat.Dense {
	out := make([]*mat.Dense, n.net.Couplings())
	for i := range out {
		z := n.net.Z(i)
		z.Sub(z, stackedAt(after, model.CouplingName(i)))
		z.Scale(1/alpha, z)
		out[i] = z
	}
	return out
}

func stackedAt(values map[string]array, coupling string) *mat.Dense {
	var b *mat.Dense
	if a, ok := values[coupling+".b"]; ok {
		b = a.dense()
	}
	return stacked(values[coupling+".W"].dense(), b)
}

// linearAlpha is the smaller of the two α at which the linearisation error is measured: small enough for the leading term to rule, large enough to stand
// out of the rounding of the logits.
func linearAlpha(dtype dtypes.DType) float64 {
	if dtype == dtypes.Float64 {
		return 1.0 / (1 << 10)
	}
	return 1.0 / (1 << 6)
}
