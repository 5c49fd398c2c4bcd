// SPDX-License-Identifier: Apache-2.0

package ntk

import "revgn/model"

// Operations counts the floating-point operations of the products that a kernel is made of, a multiply-add as two. Elementwise work is left out.
type Operations struct {
	Forward  float64 `json:"forward"`  // features
	Adjoints float64 `json:"adjoints"` // δ
	Grams    float64 `json:"grams"`    // ΦΦᵀ
	Contract float64 `json:"contract"` // δδᵀ
}

// Total is their sum.
func (o Operations) Total() float64 { return o.Forward + o.Adjoints + o.Grams + o.Contract }

// operationsOf counts what is made where blocks are computed so often in all.
func operationsOf(s sizes, computed int) Operations {
	b, d, h, k := float64(s.rows), float64(s.config.Half()), float64(s.config.Hidden), float64(s.config.Classes)
	times, tiles := float64(computed), float64(s.tiles())
	top := s.config.Couplings() - 1
	var o Operations
	for c := range s.constant {
		switch {
		case s.identity(c):
			o.Forward += times * 2 * b * d * d // x(CCᵀ)
			if !s.apart {
				o.Forward += 2 * d * d * h // CW
			}
			if c < top {
				o.Forward += times * s.throughIdentity(b)
			}
			o.Grams += tiles * 2 * b * b * d
		default:
			o.Forward += times * 2 * b * d * h
			if c < top {
				o.Forward += times * 2 * b * d * h
			}
			o.Grams += tiles * 2 * b * b * h
		}
		o.Adjoints += times * throughCost(s, c)
		if !s.constant[c] {
			pairs := b * b * k
			if s.full {
				pairs *= k
			}
			o.Contract += tiles * 2 * pairs * d
		}
	}
	return o
}

// throughCost counts the adjoint of a block of K cotangents through a coupling; block 0's F has nothing below it.
func throughCost(s sizes, c int) float64 {
	b, d, h, k := float64(s.rows), float64(s.config.Half()), float64(s.config.Hidden), float64(s.config.Classes)
	switch {
	case c == 0:
		return 0
	case s.identity(c) && s.constant[c]:
		return s.throughIdentity(k)
	case s.identity(c):
		return s.throughIdentity(b * k)
	case s.constant[c]:
		return 2*b*k*d*h + 2*k*d*h
	}
	return 4 * b * k * d * h
}

// throughIdentity counts so many rows through CW, or through C and W.
func (s sizes) throughIdentity(rows float64) float64 {
	d, h := float64(s.config.Half()), float64(s.config.Hidden)
	if s.apart {
		return rows * 4 * d * h
	}
	return rows * 2 * d * d
}

// PlainOperations is what the equation of section 6 has for n samples when nothing is saved by symmetry, identity couplings or constant cotangents:
// 2L(2n²h + 2n²K²d) for a full kernel, 2L(2n²h + 2n²Kd) for a traced one, and a forward and K adjoint passes of 4ndh a coupling.
func PlainOperations(c model.Config, n int, full bool) float64 {
	b, d, h, k := float64(n), float64(c.Half()), float64(c.Hidden), float64(c.Classes)
	pairs := k
	if full {
		pairs = k * k
	}
	return float64(c.Couplings()) * (2*b*b*h + 2*b*b*pairs*d + (1+k)*4*b*d*h)
}
