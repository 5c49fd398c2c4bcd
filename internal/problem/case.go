// SPDX-License-Identifier: Apache-2.0

package problem

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"revgn/internal/oracle"
	"revgn/model"
)

// Case is a problem in a dtype: the network in a store and for the oracle, and a batch.
type Case struct {
	Problem
	Config model.Config
	Vars   *model.Variables
	Net    *oracle.Net
	X      *mat.Dense // (B, D), representable in the dtype
	Y      []int32
}

// DTypes are those that a network can have.
func DTypes() []dtypes.DType { return []dtypes.DType{dtypes.Float32, dtypes.Float64} }

// Settings is the problem's network as a configuration. Weights are as large as activations, far from the near-zero start of training, so that every
// derivative has something to show.
func (p Problem) Settings(dtype dtypes.DType) model.Config {
	return model.Config{
		Width: p.Width, Blocks: p.Blocks, Hidden: p.Hidden, Classes: p.Classes, Activation: p.Act, FirstActivation: p.First,
		InitStd: 1 / math.Sqrt(float64(p.Hidden)), ProjGain: 1, Bias: p.Bias, DType: dtype, Seed: p.Seed,
		OutputScale: p.Scale, Linearised: p.Linearised,
	}
}

// In draws the problem's network, biases included, and a batch of standard normal inputs with random labels. An anchored network is drawn away from the
// weights it starts from.
func (p Problem) In(t testing.TB, dtype dtypes.DType) *Case {
	t.Helper()
	c := &Case{Problem: p, Config: p.Settings(dtype)}
	if err := c.Config.Validate(); err != nil {
		t.Fatalf("%s: %v", p.Name, err)
	}
	vars, err := model.NewVariables(c.Config)
	if err != nil {
		t.Fatalf("%s: %v", p.Name, err)
	}
	c.Vars = vars
	rng := rand.New(rand.NewPCG(p.Seed, 1))
	for _, named := range vars.Trained() {
		shape := named.Variable.Shape()
		if shape.Rank() == 1 {
			Set(t, named.Variable, Tensor(dtype, gaussian(rng, 1, shape.Dim(0), 0.1), shape.Dim(0)))
		} else if c.Config.Anchored() {
			Set(t, named.Variable, Matrix(dtype, gaussian(rng, shape.Dim(0), shape.Dim(1), c.Config.InitStd)))
		}
	}
	c.Net = OracleNet(t, vars)
	c.X = rounded(dtype, gaussian(rng, p.Rows, p.Width, 1))
	for range p.Rows {
		c.Y = append(c.Y, int32(rng.IntN(p.Classes)))
	}
	return c
}

// OracleNet copies the network of a store, as it is now, to the oracle.
func OracleNet(t testing.TB, vars *model.Variables) *oracle.Net {
	t.Helper()
	values, err := vars.Values()
	if err != nil {
		t.Fatal(err)
	}
	n := oracleNet(t, vars.Config, values)
	if c := vars.Config; c.Anchored() {
		start := map[string]*tensors.Tensor{}
		for _, name := range c.TensorNames() {
			if start[name], err = c.InitialValue(name); err != nil {
				t.Fatal(err)
			}
		}
		n.Anchor = &oracle.Anchor{Start: oracleNet(t, c, start), Scale: c.Scale(), Linearised: c.Linearised}
	}
	if err := n.Validate(); err != nil {
		t.Fatal(err)
	}
	return n
}

// oracleNet is the network with the values, without an anchor.
func oracleNet(t testing.TB, c model.Config, values map[string]*tensors.Tensor) *oracle.Net {
	t.Helper()
	n := &oracle.Net{Config: oracle.Config{
		Width: c.Width, Blocks: c.Blocks, Hidden: c.Hidden, Classes: c.Classes,
		Act: string(c.Activation), FirstAct: string(c.FirstActivation), Bias: c.Bias,
	}, U: Dense(t, values[model.ReadoutName])}
	for i := range c.Couplings() {
		name := model.CouplingName(i)
		n.C, n.W = append(n.C, Dense(t, values[name+".C"])), append(n.W, Dense(t, values[name+".W"]))
		if c.Bias {
			n.B = append(n.B, Flat(t, values[name+".b"]))
		}
	}
	return n
}

// Batch is the batch for the code under test: x (B, D) and labels (B).
func (c *Case) Batch() (x, labels *tensors.Tensor) {
	return Matrix(c.Config.DType, c.X), tensors.FromFlatDataAndDimensions(append([]int32(nil), c.Y...), len(c.Y))
}

// Targets are the labels as unit rows, (B, K).
func (c *Case) Targets(t testing.TB) *mat.Dense {
	t.Helper()
	y, err := oracle.OneHot(c.Y, c.Classes)
	if err != nil {
		t.Fatal(err)
	}
	return y
}

// Gaussian draws a matrix of standard normal numbers representable in the problem's dtype; salt tells several of one case apart.
func (c *Case) Gaussian(salt uint64, rows, cols int) *mat.Dense {
	return rounded(c.Config.DType, gaussian(rand.New(rand.NewPCG(c.Seed, 1000+salt)), rows, cols, 1))
}

// Normal draws a matrix (rows, cols) of standard normal numbers from a seed.
func Normal(seed uint64, rows, cols int) *mat.Dense {
	return gaussian(rand.New(rand.NewPCG(seed, 11)), rows, cols, 1)
}

func gaussian(rng *rand.Rand, rows, cols int, std float64) *mat.Dense {
	data := make([]float64, rows*cols)
	for i := range data {
		data[i] = std * rng.NormFloat64()
	}
	return mat.NewDense(rows, cols, data)
}

func rounded(dtype dtypes.DType, m *mat.Dense) *mat.Dense {
	if dtype == dtypes.Float32 {
		m.Apply(func(_, _ int, v float64) float64 { return float64(float32(v)) }, m)
	}
	return m
}
