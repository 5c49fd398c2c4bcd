// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"math"

	"github.com/gomlx/compute/dtypes"

	"revgn/model"
)

// Inputs names how a problem's batch is drawn.
type Inputs int

const (
	// Normal inputs are N(0, 1).
	Normal Inputs = iota
	// Decaying inputs have standard deviations that fall from 1 to 1e-3 over the columns of each half, so that Float32's filter bites.
	Decaying
	// Blank inputs are Normal with every fourth column zero, as the border of images is, so that an identity block is rank deficient.
	Blank
)

// Problem is a network and a batch small enough for dense linear algebra. Symbols are those of docs/mathematics.md.
type Problem struct {
	Name                                  string
	Width, Blocks, Hidden, Classes, Batch int
	First, Act                            model.Activation // of block 0 and of the others
	Bias                                  bool
	Loss                                  model.Loss
	Shares                                []float64 // w_l; nil: equal
	Plain                                 bool      // without carrying
	Inputs                                Inputs
	Exact                                 bool // the condition of section 7 holds, so J ΔZ = v
	Singular                              bool // in Float32 it does not: σmin² of a top coupling lies at the level of the filter; see in
	Quick                                 bool // part of the quick subset
	Seed                                  uint64
}

// Config is the problem's network. W is as large as activations are, far from the near-zero start of training, so that every derivative has something to show.
func (p Problem) Config(dtype dtypes.DType) model.Config {
	return model.Config{
		Width: p.Width, Blocks: p.Blocks, Hidden: p.Hidden, Classes: p.Classes, Activation: p.Act, FirstActivation: p.First,
		InitStd: 1 / math.Sqrt(float64(p.Hidden)), ProjGain: 1, Bias: p.Bias, DType: dtype, Seed: p.Seed,
	}
}

// in is the problem as it stands in the dtype: one that is Singular cannot be solved to rounding in Float32, and asks there only that what the step says of
// itself is true.
func (p Problem) in(dtype dtypes.DType) Problem {
	if dtype == dtypes.Float32 {
		p.Exact = p.Exact && !p.Singular
	} else {
		p.Singular = false
	}
	return p
}

// activations lists those that the problem's network has.
func (p Problem) activations() []model.Activation {
	if p.Blocks == 1 {
		return []model.Activation{p.First}
	}
	return []model.Activation{p.First, p.Act}
}

// smooth tells whether every activation has a continuous derivative.
func (p Problem) smooth() bool {
	for _, a := range p.activations() {
		if a == model.ReLU || a == model.LeakyReLU {
			return false
		}
	}
	return true
}

// projects tells whether some coupling has fewer features than there are samples.
func (p Problem) projects() bool { return p.Config(dtypes.Float64).FeatureCount() < p.Batch }

// form is the system that section 4 prescribes for a coupling.
type form int

const (
	rowForm form = iota
	columnForm
	identityForm
)

func (p Problem) form(coupling int) form {
	c := p.Config(dtypes.Float64)
	switch {
	case c.ActivationOf(coupling) == model.Identity && p.Hidden >= c.Half():
		return identityForm
	case p.Batch <= c.FeatureCount():
		return rowForm
	}
	return columnForm
}

// cumulative is Σ_{j<=l} w_j.
func (p Problem) cumulative(l int) float64 {
	if p.Shares == nil {
		return float64(l+1) / float64(p.Blocks)
	}
	sum := 0.0
	for _, w := range p.Shares[:l+1] {
		sum += w
	}
	return sum
}

// changes tells whether block l is given something to do.
func (p Problem) changes(l int) bool {
	if p.Plain && p.Shares != nil {
		return p.Shares[l] > 0
	}
	return p.cumulative(l) > 0
}
