// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"revgn/internal/dense"
	"revgn/model"
)

// Operations counts the floating-point operations of a step's products of matrices and factorisations by phase, a multiply-add as two. Elementwise work is left
// out, and so are products with vectors.
type Operations struct {
	Forward, PullBack, Gram, Factor, Solve, Tangents float64
}

// Total is their sum.
func (o Operations) Total() float64 {
	return o.Forward + o.PullBack + o.Gram + o.Factor + o.Solve + o.Tangents
}

// Operations counts a step of the options on a batch of that size. For the split it counts the products in the graph, where every solve makes one pass on the
// residual after the first and the top block's F leaves next to nothing, as it is where Φ has full row rank; for the kernel it is an estimate. Memory, noise and
// what watches the loss are left out.
func (s *Step) Operations(batch int) Operations {
	switch s.opts.Inverse {
	case MinNorm:
		return s.kernelOperations(batch)
	case Mix:
		a, b := s.splitOperations(batch), s.kernelOperations(batch)
		return Operations{a.Forward, a.PullBack + b.PullBack, a.Gram + b.Gram, a.Factor + b.Factor, a.Solve + b.Solve, a.Tangents + b.Tangents}
	}
	return s.splitOperations(batch)
}

// splitOperations counts the split step.
func (s *Step) splitOperations(batch int) Operations {
	c := s.vars.Config
	b := float64(batch)
	logits := 2 * b * float64(c.Width) * float64(c.Classes)
	o := Operations{Forward: logits, PullBack: logits, Tangents: logits}
	for i := range c.Couplings() {
		o.Forward += productCost(c, i) + throughCost(c, i, b)
		if s.anyChangeBelow(i / 2) {
			o.PullBack += s.pullBackCost(i, b)
		}
		o.Tangents += s.pushCost(i, batch)
		if s.solves(i / 2) {
			o.Gram += gramCost(c, i, batch)
			o.Factor += s.factorCost(i, batch)
			o.Solve += s.solveCost(i, batch)
		}
	}
	return o
}

// productCost is CW of an identity coupling.
func productCost(c model.Config, i int) float64 {
	if c.ActivationOf(i) != model.Identity {
		return 0
	}
	return 2 * float64(c.Half()) * float64(c.Half()) * float64(c.Hidden)
}

// throughCost is one passage of a (B, d) value or tangent through a coupling.
func throughCost(c model.Config, i int, b float64) float64 {
	d := float64(c.Half())
	if c.ActivationOf(i) == model.Identity {
		return 2 * b * d * d
	}
	return 4 * b * d * float64(c.Hidden)
}

// pullBackCost is a passage down; at the topmost coupling the product with C has rank K and is next to free.
func (s *Step) pullBackCost(i int, b float64) float64 {
	c := s.vars.Config
	full := throughCost(c, i, b)
	if i < c.Couplings()-1 || s.opts.Memory == Spring {
		return full
	}
	d, h, k := float64(c.Half()), float64(c.Hidden), float64(c.Classes)
	if c.ActivationOf(i) == model.Identity {
		return full + 2*b*k*d
	}
	return full/2 + 2*k*h*(d+b)
}

// pushCost is what a coupling's tangents cost on the way up: that of what arrives, of F's own change in G, and without carrying both apart.
func (s *Step) pushCost(i, batch int) float64 {
	through, arrives, isG := throughCost(s.vars.Config, i, float64(batch)), s.anyChangeBelow(i/2), i%2 == 1
	switch {
	case !s.solves(i/2) || !isG:
		if arrives {
			return through
		}
		return 0
	case !s.opts.Carry && arrives:
		return 2 * through
	case i == s.vars.Config.Couplings()-1 && s.knowsTopTangent(batch):
		return 0
	}
	return through
}

// gramCost is the coupling's matrix, with the features or the whitened inputs that it is made of.
func gramCost(c model.Config, i, batch int) float64 {
	b, d, h := float64(batch), float64(c.Half()), float64(c.Hidden)
	features := 0.0 // those that an identity coupling does not keep
	if c.ActivationOf(i) == model.Identity {
		features = 2 * b * d * h
	}
	switch of, n := formOf(c, i, batch), systemSize(c, i, batch); {
	case of == identityForm && n == batch:
		return 2*b*d*d + dense.GramOperations(batch, c.RankBound(i))
	case of == identityForm:
		return 2*b*d*d + dense.GramOperations(n, batch)
	case of == rowForm:
		return features + dense.GramOperations(batch, c.Hidden)
	default:
		return features + dense.GramOperations(n, batch)
	}
}

// systemSize is that of the coupling's system.
func systemSize(c model.Config, i, batch int) int {
	switch formOf(c, i, batch) {
	case identityForm:
		return min(c.RankBound(i), batch)
	case rowForm:
		return batch
	}
	return c.FeatureCount()
}

// factorCost is the factor of the coupling's system with its inverse, and where it is cut the projector before it.
func (s *Step) factorCost(i, batch int) float64 {
	c := s.vars.Config
	n := systemSize(c, i, batch)
	cost := dense.FactorOperations(n)
	if cut := s.opts.cutOf(c.DType, batch, c.Hidden); cut != nil {
		resolution, _ := cut.resolution(c.DType)
		cost += 2 * float64(dense.SignProducts(resolution)+2) * float64(n) * float64(n) * float64(n)
	}
	return cost
}
