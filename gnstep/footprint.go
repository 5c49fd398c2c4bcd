// SPDX-License-Identifier: Apache-2.0

package gnstep

import "revgn/model"

// Footprint is an estimate of the memory that a step needs on its device, in bytes.
type Footprint struct {
	Weights     int64 // weights and frozen tensors, the change and the weights after it
	Activations int64 // features, slopes, streams, targets and tangents
	Systems     int64 // matrices and their factors
}

// Total is their sum.
func (f Footprint) Total() int64 { return f.Weights + f.Activations + f.Systems }

// factorCopies is how many matrices in Float64 a factorisation holds at once: the matrix, the inverse factor and the halves that the recursion puts together.
const factorCopies = 3

// Footprint estimates a step on a batch of that size: a Step, which keeps all activations, or where staged is true a Staged step, which keeps those of one
// block. What compilers put between is a guess; a test holds it to a factor of what XLA accounts for.
func (s *Step) Footprint(batch int, staged bool) Footprint {
	c := s.vars.Config
	size, b, d := int64(c.DType.Size()), int64(batch), int64(c.Half())
	f := Footprint{Weights: size * int64(3*c.Trainable()+c.Frozen()), Activations: size * b * d * 2 * 8}
	blocks := c.Blocks
	if staged {
		blocks = 1
	}
	if !staged {
		f.Activations += size * b * d * 2 * 3 * int64(blocks) // stream, target and tangent of each
	}
	for i := range 2 * blocks {
		coupling := c.Couplings() - 2*blocks + i // the top ones, which are never smaller than the first
		f.Activations += featureBytes(c, coupling, b)
		f.Systems += s.systemBytes(coupling, batch)
	}
	f.Activations += 2 * size * b * int64(c.Hidden) // a product under way, and its operand
	if s.opts.Inverse != Split {
		f.Activations += size * b * int64(c.Classes) * d * int64(c.Couplings()) // cotangents
	}
	return f
}

// featureBytes is Φ and σ' of a coupling.
func featureBytes(c model.Config, coupling int, b int64) int64 {
	size, h := int64(c.DType.Size()), int64(c.Hidden)
	switch c.ActivationOf(coupling) {
	case model.Identity:
		return 0
	case model.ReLU:
		return b * h * (size + 1)
	}
	return 2 * b * h * size
}

// systemBytes is a coupling's matrix, its inverse factor, and both in Float64.
func (s *Step) systemBytes(coupling, batch int) int64 {
	c := s.vars.Config
	n, size := int64(batch), int64(c.DType.Size())
	switch formOf(c, coupling, batch) {
	case identityForm:
		n, size = int64(min(c.Half()+1, batch)), 8
	case columnForm:
		n = int64(c.FeatureCount())
	}
	return n * n * (2*size + 8*factorCopies)
}
