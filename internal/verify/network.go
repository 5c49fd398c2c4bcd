// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"math"
	"math/rand/v2"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"revgn/internal/oracle"
	"revgn/model"
)

// network is a problem's network twice, in a store for the backend and in float64 for the oracle, and its batch. Everything random is rounded to the dtype
// before the oracle sees it, so that a comparison shows the rounding of the computation alone.
type network struct {
	problem Problem
	dtype   dtypes.DType
	vars    *model.Variables
	start   map[string]array // every tensor at the start, on the host
	net     *oracle.Net
	x       *mat.Dense // (B, D)
	y       []int32
	rng     *rand.Rand
}

// draw makes the network. Biases, zero at the start of training, are drawn N(0, 0.1²).
func draw(p Problem, dtype dtypes.DType) (*network, error) {
	vars, err := model.NewVariables(p.Config(dtype))
	if err != nil {
		return nil, err
	}
	n := &network{problem: p, dtype: dtype, vars: vars, start: map[string]array{}, rng: rand.New(rand.NewPCG(p.Seed, 1))}
	for _, name := range vars.Config.TensorNames() {
		value, err := vars.Config.InitialValue(name)
		if err != nil {
			return nil, err
		}
		if n.start[name], err = fetch(value); err != nil {
			return nil, err
		}
		if a := n.start[name]; len(a.dims) == 1 {
			copy(a.flat, n.gaussian(1, a.dims[0], 0.1).RawRowView(0))
		}
	}
	n.net = n.oracleNet()
	n.x, n.y = n.batch()
	return n, n.restore()
}

// restore puts the start back into the store.
func (n *network) restore() error {
	for _, named := range n.vars.Trained() {
		if err := named.Variable.SetValue(n.start[named.Name].tensor(n.dtype)); err != nil {
			return err
		}
	}
	return nil
}

// weights copies what the store holds now to the host.
func (n *network) weights() (map[string]array, error) {
	values, err := n.vars.Values()
	if err != nil {
		return nil, err
	}
	out := map[string]array{}
	for name, value := range values {
		if out[name], err = fetch(value); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// oracleNet copies the start to the oracle.
func (n *network) oracleNet() *oracle.Net {
	c := n.vars.Config
	net := &oracle.Net{Config: oracle.Config{
		Width: c.Width, Blocks: c.Blocks, Hidden: c.Hidden, Classes: c.Classes,
		Act: string(c.Activation), FirstAct: string(c.FirstActivation), Bias: c.Bias,
	}, U: n.start[model.ReadoutName].dense()}
	for i := range c.Couplings() {
		name := model.CouplingName(i)
		net.C, net.W = append(net.C, n.start[name+".C"].dense()), append(net.W, n.start[name+".W"].dense())
		if c.Bias {
			net.B = append(net.B, n.start[name+".b"].flat)
		}
	}
	return net
}

// batch draws inputs and labels.
func (n *network) batch() (*mat.Dense, []int32) {
	x := n.gaussian(n.problem.Batch, n.problem.Width, 1)
	half := n.problem.Width / 2
	x.Apply(func(_, j int, v float64) float64 {
		switch {
		case n.problem.Inputs == Decaying:
			return n.round(v * math.Pow(10, -3*float64(j%half)/float64(half-1)))
		case n.problem.Inputs == Blank && j%4 == 0:
			return 0
		}
		return v
	}, x)
	y := make([]int32, n.problem.Batch)
	for i := range y {
		y[i] = int32(n.rng.IntN(n.problem.Classes))
	}
	return x, y
}

// gaussian draws N(0, std²) numbers of the dtype.
func (n *network) gaussian(rows, cols int, std float64) *mat.Dense {
	data := make([]float64, rows*cols)
	for i := range data {
		data[i] = n.round(std * n.rng.NormFloat64())
	}
	return mat.NewDense(rows, cols, data)
}

func (n *network) round(v float64) float64 {
	if n.dtype == dtypes.Float32 {
		return float64(float32(v))
	}
	return v
}

// labels is y as a tensor.
func (n *network) labels() *tensors.Tensor {
	return tensors.FromFlatDataAndDimensions(append([]int32(nil), n.y...), len(n.y))
}
