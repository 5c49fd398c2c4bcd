// SPDX-License-Identifier: Apache-2.0

package main

import "fmt"

// problem is what a step is made of. Where identity is true block 0 has identity couplings, as the presets do; all others are ReLU.
type problem struct {
	name                                  string
	width, classes, blocks, hidden, batch float64 // D, K, L, h, B
	identity                              bool
}

func (p problem) half() float64 { return p.width / 2 }

// relus counts ReLU couplings.
func (p problem) relus() float64 {
	if p.identity {
		return 2 * (p.blocks - 1)
	}
	return 2 * p.blocks
}

// passages counts the products with C and W, 4Bdh operations together, after which (B,d) is summed over devices. In an upper block each coupling has one forward,
// one down, one up and two passes of the solve, but for the topmost, which has its way up from the way down; in block 0, where it is no identity, nothing goes
// down, and up through G alone.
func (p problem) passages() float64 {
	upper := 10*(p.blocks-1) - 1
	if p.identity {
		return upper
	}
	return upper + 7
}

func (p problem) sizes() string {
	return fmt.Sprintf("%s, L = %g, h = %g, B = %g", p.name, p.blocks, p.hidden, p.batch)
}

// work is what a step costs, whatever the number of devices.
type work struct {
	divided  float64 // operations that devices share
	repeated float64 // those that each makes for itself: what knows B, d and K alone
	factor   float64 // of the repeated ones, each ReLU coupling's Cholesky and triangular inverse
	columns  float64 // of the repeated ones, products of (B,B) with (B,d)
	readout  float64 // of the repeated ones, products with U
	grams    float64 // numbers of ΦΦᵀ summed over devices
	products float64 // numbers of (B,d) and (d,d) so summed
	sums     float64 // how many sums that takes
}

// triangle is the share of a square that the tiles of its lower triangle take with two bands (internal/dense, GramBands).
const triangle = 3. / 4

// step counts a step.
func (p problem) step() (work, error) {
	if p.batch > p.hidden || p.blocks < 2 || p.identity && p.half() > p.hidden {
		return work{}, fmt.Errorf("%s: want B <= h, two blocks or more, and no identity block where d is above h", p.sizes())
	}
	b, d, h, k := p.batch, p.half(), p.hidden, p.classes
	passage := 4 * b * d * h
	w := work{
		factor:   p.relus() * factorOperations(b),
		readout:  3 * 2 * b * p.width * k, // to the logits, of the target and of what is achieved
		grams:    p.relus() * b * b * triangle,
		products: p.passages() * b * d,
		sums:     p.relus() + p.passages(),
	}
	// The topmost coupling's passage down begins with a target of rank K.
	w.divided = p.relus()*2*b*b*h*triangle + p.passages()*passage - (passage/2 - 2*k*h*(d+b))
	w.columns = p.relus() * 2 * 4 * triangle * b * b * d // two passes, each a product with L⁻¹ and one with L⁻ᵀ
	w.repeated = w.factor + w.columns + w.readout
	if p.identity {
		w.divided += 2 * (2*d*d*h + 4*d*d*h) // CW, and C⁺ of the solution with C times it
		w.repeated += p.identities()
		w.products += 2 * 2 * d * d
		w.sums += 2 * 2
	}
	return w, nil
}

// identities are the repeated operations of the two identity couplings, whose systems are (d+1)-square or B-square, whichever is less.
func (p problem) identities() float64 {
	b, d := p.batch, p.half()
	columns := d + 1
	n := min(columns, b)
	gram := 2*b*d*d + 2*b*columns*n*triangle
	inverse := 2 * n * n * n * triangle
	solve := 2*b*columns*d + inverse + 5*2*n*n*d + 2*d*d*d + 2*b*d*d // one product with the batch, three passes in its coordinates
	return 2*(2*b*d*d+gram+factorOperations(n)+solve) + 2*b*d*d      // and one passage up through G
}

// factorOperations is what Cholesky and triangular inverse of an (m, m) matrix take, about 1.3m³: [L11 0; L21 L22] with the largest L11 of size 64·2ᵏ takes four
// products, 4(m-k)k·m operations. Under 65 rows it goes column by column, in products with vectors, which do not count.
func factorOperations(m float64) float64 {
	const base = 64
	if m <= base {
		return 0
	}
	k := float64(base)
	for 2*k < m {
		k *= 2
	}
	return 4*(m-k)*k*m + factorOperations(k) + factorOperations(m-k)
}

// split is the step if devices also shared the columns of targets and solutions, and of readouts, and where factors is true the Cholesky factors: what is summed
// would be scattered and gathered, which moves as much.
func (w work) split(factors bool) work {
	shared := w.columns + w.readout
	w.columns, w.readout = 0, 0
	if factors {
		shared += w.factor
		w.factor = 0
	}
	w.divided, w.repeated = w.divided+shared, w.repeated-shared
	return w
}

// bytes is what one of n devices holds: C, W and the change of W, Φ and σ' of every ReLU coupling, its Gram matrix and inverse factor, and U.
func (p problem) bytes(n float64) float64 {
	b, d, h := p.batch, p.half(), p.hidden
	split := 2*p.blocks*3*d*h + p.relus()*2*b*h
	whole := p.relus()*2*b*b + p.width*p.classes
	return float32Bytes * (split/n + whole)
}

const float32Bytes = 4
