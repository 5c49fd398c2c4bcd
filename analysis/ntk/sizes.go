// SPDX-License-Identifier: Apache-2.0

package ntk

import (
	"github.com/gomlx/compute/dtypes"

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
}

func newSizes(c model.Config, full bool, n, blocks int) sizes {
	rows := (n + blocks - 1) / blocks
	return sizes{config: c, full: full, n: n, rows: rows, blocks: (n + rows - 1) / rows, constant: constantCotangents(c)}
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

// heldBytes are those of what is kept of a block on the device: features and cotangents.
func (s sizes) heldBytes() int64 {
	var perRow int
	for c, constant := range s.constant {
		if s.identity(c) {
			perRow += 2 * s.config.Half()
		} else {
			perRow += s.config.Hidden
		}
		if !constant {
			perRow += s.config.Classes * s.config.Half()
		}
	}
	return int64(perRow) * int64(s.rows) * s.width()
}

// workBytes are those of what the larger of the two graphs has between its inputs and what is kept of its outputs. What the compiler puts there is a guess; a
// test holds it to a factor of XLA's account.
func (s sizes) workBytes() int64 {
	c := s.config
	b, k := int64(s.rows), int64(c.Classes)
	block := b * (2*k*int64(c.Hidden) + 4*int64(c.Hidden) + 4*k*int64(c.Half()))
	tile := 6 * int64(c.Couplings()) * b * b
	if s.full {
		moving := int64(3) // the tile, its copy on the host, and one more
		for _, constant := range s.constant {
			if !constant {
				moving++
			}
		}
		tile += moving * k * k * b * b
	}
	return max(block, tile) * s.width()
}

// kernelBytes are those of a kernel on the host.
func (s sizes) kernelBytes() int64 {
	side := int64(s.outputs() * s.rows)
	return int64(s.tiles()) * side * side * s.width()
}

// weightBytes are those of the network on the device and of what is made of its frozen part.
func (s sizes) weightBytes() int64 {
	d := int64(s.config.Half())
	total := int64(s.config.Trainable() + s.config.Frozen())
	for c := range s.constant {
		if s.identity(c) {
			total += 2 * d * d
		}
	}
	return total * s.width()
}

// rounding is ε of the dtype.
func rounding(dtype dtypes.DType) float64 {
	if dtype == dtypes.Float64 {
		return 0x1p-52
	}
	return 0x1p-23
}
