// SPDX-License-Identifier: Apache-2.0

package ntk

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"

	"revgn/model"
)

// sizes are what decides the shapes of the graphs.
type sizes struct {
	config   model.Config
	full     bool
	n        int    // samples
	rows     int    // of a block
	blocks   int    // of rows, the last of which may be filled up
	constant []bool // of each coupling, whether δ is the same for every sample
	apart    bool   // whether identity couplings are gone through without CW, since there are few samples
}

func newSizes(c model.Config, full bool, n, blocks int) sizes {
	rows := (n + blocks - 1) / blocks
	s := sizes{config: c, full: full, n: n, rows: rows, blocks: (n + rows - 1) / rows, constant: constantCotangents(c)}
	var by, apart float64
	for i := range s.constant {
		if s.identity(i) {
			by += s.identityCost(i, n)
			s.apart = true
			apart += s.identityCost(i, n)
			s.apart = false
		}
	}
	s.apart = apart < by
	return s
}

// identityCost counts the operations of going through an identity coupling with so many samples, forward and with K cotangents: by CW, which is made for it, or by C
// and W one after the other.
func (s sizes) identityCost(coupling, samples int) float64 {
	b, d, h, k := float64(samples), float64(s.config.Half()), float64(s.config.Hidden), float64(s.config.Classes)
	rows := b
	switch {
	case coupling == 0: // nothing below it
	case s.constant[coupling]:
		rows += k
	default:
		rows += b * k
	}
	if coupling == s.config.Couplings()-1 { // nothing above it
		rows -= b
	}
	if s.apart {
		return s.throughIdentity(rows)
	}
	return s.throughIdentity(rows) + 2*d*d*h
}

// constantCotangents tells for each coupling whether its δ is the same for every sample: that of the top G always is, and identity couplings keep what is.
func constantCotangents(c model.Config) []bool {
	constant := make([]bool, c.Couplings())
	a, b := true, true
	for l := c.Blocks - 1; l >= 0; l-- {
		constant[2*l+1] = b
		a = a && b && c.ActivationOf(2*l+1) == model.Identity
		constant[2*l] = a
		b = b && a && c.ActivationOf(2*l) == model.Identity
	}
	return constant
}

// outputs is K of the kernel's rows: the classes of a full kernel, 1 of a traced one.
func (s sizes) outputs() int {
	if s.full {
		return s.config.Classes
	}
	return 1
}

func (s sizes) identity(coupling int) bool { return s.config.ActivationOf(coupling) == model.Identity }

// tiles is the number of tiles on and above the diagonal.
func (s sizes) tiles() int { return s.blocks * (s.blocks + 1) / 2 }

// length is the number of samples in a block that are of the probe set.
func (s sizes) length(block int) int { return min(s.rows, s.n-block*s.rows) }

func (s sizes) width() int64 { return int64(s.config.DType.Size()) }

// rounding is ε of the dtype.
func rounding(dtype dtypes.DType) float64 {
	if dtype == dtypes.Float64 {
		return 0x1p-52
	}
	return 0x1p-23
}

// tensor is a tensor of the dtype with the values, and zeros where they end before the shape does.
func (s sizes) tensor(values []float64, dims ...int) *tensors.Tensor {
	total := 1
	for _, d := range dims {
		total *= d
	}
	if s.config.DType == dtypes.Float64 {
		return tensors.FromFlatDataAndDimensions(append(values[:len(values):len(values)], make([]float64, total-len(values))...), dims...)
	}
	flat := make([]float32, total)
	for i, v := range values {
		flat[i] = float32(v)
	}
	return tensors.FromFlatDataAndDimensions(flat, dims...)
}
