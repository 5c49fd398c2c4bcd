// SPDX-License-Identifier: Apache-2.0

package model

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"
)

// ReadoutName is the name of U in files.
const ReadoutName = "readout.U"

// TensorNames lists every tensor of the network by the name that files use: block0.f.C, block0.f.W, block0.f.b, …, readout.U.
func (c Config) TensorNames() []string {
	var names []string
	for i := range c.Couplings() {
		names = append(names, CouplingName(i)+".C", CouplingName(i)+".W")
		if c.Bias {
			names = append(names, CouplingName(i)+".b")
		}
	}
	return append(names, ReadoutName)
}

// StartName is the name that files use for the weights that an anchored network starts from: block0.f.W0 beside block0.f.W.
func StartName(name string) string { return name + "0" }

// InitialValue draws one tensor on the host. The draw depends on (Seed, name, shape) alone: a seed means the same weights on every backend and whatever
// was drawn before. Float32 values are the Float64 ones rounded.
func (c Config) InitialValue(name string) (*tensors.Tensor, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if !slices.Contains(c.TensorNames(), name) {
		return nil, fmt.Errorf("no tensor is called %q (allowed: %s to %s)", name, c.TensorNames()[0], ReadoutName)
	}
	rng := c.stream(name)
	d, h := c.Half(), c.Hidden
	switch name[strings.LastIndexByte(name, '.')+1:] {
	case "C":
		return gaussian(c.DType, rng, c.ProjGain/math.Sqrt(float64(h)), d, h), nil
	case "W":
		return gaussian(c.DType, rng, c.InitStd, h, d), nil
	case "b":
		return fill(c.DType, func(int) float64 { return 0 }, d), nil
	}
	return fill(c.DType, orthonormal(rng, c.Width, c.Classes), c.Width, c.Classes), nil
}

// stream is the random stream of one named tensor.
func (c Config) stream(name string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(name))
	return rand.New(rand.NewPCG(c.Seed, h.Sum64()))
}

func gaussian(dtype dtypes.DType, rng *rand.Rand, std float64, dims ...int) *tensors.Tensor {
	return fill(dtype, func(int) float64 { return std * rng.NormFloat64() }, dims...)
}

// fill makes a tensor of the dtype from a function of the flat index, called in order.
func fill(dtype dtypes.DType, at func(i int) float64, dims ...int) *tensors.Tensor {
	n := 1
	for _, dim := range dims {
		n *= dim
	}
	if dtype == dtypes.Float64 {
		flat := make([]float64, n)
		for i := range flat {
			flat[i] = at(i)
		}
		return tensors.FromFlatDataAndDimensions(flat, dims...)
	}
	flat := make([]float32, n)
	for i := range flat {
		flat[i] = float32(at(i))
	}
	return tensors.FromFlatDataAndDimensions(flat, dims...)
}

// orthonormal returns, as a function of the flat index, the Q of a Gaussian rows x cols matrix, with the signs that make R's diagonal positive, which is
// the one choice that makes Q uniformly distributed.
func orthonormal(rng *rand.Rand, rows, cols int) func(i int) float64 {
	gauss := mat.NewDense(rows, cols, nil)
	for i := range rows {
		for j := range cols {
			gauss.Set(i, j, rng.NormFloat64())
		}
	}
	var qr mat.QR
	qr.Factorize(gauss)
	var q, r mat.Dense
	qr.QTo(&q)
	qr.RTo(&r)
	return func(i int) float64 {
		column := i % cols
		return math.Copysign(1, r.At(column, column)) * q.At(i/cols, column)
	}
}
