// SPDX-License-Identifier: Apache-2.0

package model

import (
	"fmt"
	"math"

	"github.com/gomlx/compute/dtypes"
)

// Config fixes a network up to its weights; with Seed it fixes those too.
type Config struct {
	Width           int          // D, the size of the input; even
	Blocks          int          // L
	Hidden          int          // h
	Classes         int          // K <= D
	Activation      Activation   // of every block but the first
	FirstActivation Activation   // of block 0
	InitStd         float64      // standard deviation of W
	ProjGain        float64      // C ~ N(0, ProjGain²/h)
	Bias            bool         // whether couplings train b
	DType           dtypes.DType // Float32 or Float64
	Seed            uint64

	// What ties the network to the weights it starts from, θ0 (docs/controls.md), with z(θ) its logits: f = z(θ0) + s·(z(θ) - z(θ0)), or, linearised,
	// f = z(θ0) + s·J(θ0)(θ - θ0).
	OutputScale float64 // s; 0 stands for 1
	Linearised  bool
}

// Default is the network of the paper with an h for small inputs; Width and Classes are left to the data.
func Default() Config {
	return Config{
		Blocks: 2, Hidden: 2000, Activation: ReLU, FirstActivation: Identity,
		InitStd: 1e-3, ProjGain: 1, Bias: true, DType: dtypes.Float32, Seed: 42,
	}
}

// Validate returns an error that names the first field that no network can have.
func (c Config) Validate() error {
	switch {
	case c.Width < 2 || c.Width%2 != 0:
		return fmt.Errorf("width %d: a reversible network halves its input, so the number of features must be even and at least 2 "+
			"(drop or pad a column)", c.Width)
	case c.Blocks < 1:
		return fmt.Errorf("blocks %d: must be at least 1", c.Blocks)
	case c.Hidden < 1:
		return fmt.Errorf("hidden %d: must be at least 1", c.Hidden)
	case c.Classes < 2 || c.Classes > c.Width:
		return fmt.Errorf("classes %d: must lie between 2 and the width %d, because the readout has orthonormal columns", c.Classes, c.Width)
	case !(c.InitStd >= 0) || math.IsInf(c.InitStd, 0):
		return fmt.Errorf("init-std %g: must be finite and not negative", c.InitStd)
	case !(c.ProjGain > 0) || math.IsInf(c.ProjGain, 0):
		return fmt.Errorf("proj-gain %g: must be finite and positive", c.ProjGain)
	case !(c.OutputScale >= 0) || math.IsInf(c.OutputScale, 0):
		return fmt.Errorf("output-scale %g: must be finite and positive", c.OutputScale)
	case !isFloat(c.DType):
		return fmt.Errorf("dtype %s: allowed are f32 and f64", c.DType)
	}
	if err := c.Activation.Validate(); err != nil {
		return err
	}
	return c.FirstActivation.Validate()
}

// Scale is the output scale s, 1 where none is set.
func (c Config) Scale() float64 {
	if c.OutputScale == 0 {
		return 1
	}
	return c.OutputScale
}

// Anchored tells whether the network needs the weights it starts from beside those it has: it is linearised, or has an output scale other than 1.
func (c Config) Anchored() bool { return c.Linearised || c.Scale() != 1 }

// Half is d, the number of columns of each half of the stream.
func (c Config) Half() int { return c.Width / 2 }

// Couplings is 2L.
func (c Config) Couplings() int { return 2 * c.Blocks }

// FeatureCount is the number of columns of Φ: h, and one more with a bias.
func (c Config) FeatureCount() int {
	if c.Bias {
		return c.Hidden + 1
	}
	return c.Hidden
}

// ActivationOf is the activation of coupling i.
func (c Config) ActivationOf(coupling int) Activation {
	if coupling < 2 {
		return c.FirstActivation
	}
	return c.Activation
}

// RankBound is the largest rank that Φ of coupling i can have on a batch of any size: the number of features, and for an identity coupling no more than
// the rank of [x, 1].
func (c Config) RankBound(coupling int) int {
	if c.ActivationOf(coupling) != Identity {
		return c.FeatureCount()
	}
	bound := min(c.Half(), c.Hidden)
	if c.Bias {
		bound++
	}
	return bound
}

// Trainable counts the trained parameters, Frozen the ones drawn once.
func (c Config) Trainable() int {
	return c.Couplings() * c.FeatureCount() * c.Half()
}

// Frozen counts the parameters that are drawn once: every C, U, and for an anchored network a copy of what it starts from.
func (c Config) Frozen() int {
	n := c.Couplings()*c.Hidden*c.Half() + c.Width*c.Classes
	if c.Anchored() {
		n += c.Trainable()
	}
	return n
}

// CouplingName is the name of coupling i in files and tables: block0.f, block0.g, block1.f, …
func CouplingName(i int) string {
	return fmt.Sprintf("block%d.%c", i/2, "fg"[i%2])
}
