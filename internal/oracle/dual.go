// SPDX-License-Identifier: Apache-2.0

package oracle

import "gonum.org/v1/gonum/mat"

// dual is v + d·ε with ε² = 0: evaluating the network on duals gives its value and one exact directional derivative, from
// the rules for sum, product and σ alone.
type dual struct{ v, d float64 }

func (a dual) add(b dual) dual { return dual{a.v + b.v, a.d + b.d} }
func (a dual) mul(b dual) dual { return dual{a.v * b.v, a.v*b.d + a.d*b.v} }

func (a dual) apply(activation string) dual {
	v, slope := activate(activation, a.v)
	return dual{v, slope * a.d}
}

// direction says along which change of the parameters a network is differentiated. Both fields may be unset.
type direction struct {
	dZ   []*mat.Dense // change of every Z_c
	seed *seed
}

// seed adds ε to output j of coupling c: the derivative with respect to what that coupling puts out.
type seed struct{ c, j int }

// dualBranch evaluates F or G of coupling c on one sample x of d entries.
func (n *Net) dualBranch(c int, x []dual, dir direction) []dual {
	n = n.point()
	phi := make([]dual, n.Rows())
	for k := range n.Hidden {
		var a dual
		for i := range x {
			a = a.add(x[i].mul(dual{v: n.C[c].At(i, k)}))
		}
		phi[k] = a.apply(n.activation(c))
	}
	if n.Bias {
		phi[n.Hidden] = dual{v: 1}
	}
	out := make([]dual, n.Half())
	for j := range out {
		for k := range phi {
			out[j] = out[j].add(phi[k].mul(n.dualZ(c, k, j, dir)))
		}
	}
	if dir.seed != nil && dir.seed.c == c {
		out[dir.seed.j].d++
	}
	return out
}

func (n *Net) dualZ(c, k, j int, dir direction) dual {
	var z dual
	if k < n.Hidden {
		z.v = n.W[c].At(k, j)
	} else {
		z.v = n.B[c][j]
	}
	if dir.dZ != nil {
		z.d = dir.dZ[c].At(k, j)
	}
	return z
}

// dualBlock evaluates block l on one sample x of D entries.
func (n *Net) dualBlock(l int, x []dual, dir direction) []dual {
	d := n.Half()
	y := make([]dual, 2*d)
	for j, f := range n.dualBranch(2*l, x[d:], dir) {
		y[j] = x[j].add(f)
	}
	for j, g := range n.dualBranch(2*l+1, y[:d], dir) {
		y[d+j] = x[d+j].add(g)
	}
	return y
}

// dualBlocks evaluates blocks from..to-1 on one sample of D entries.
func (n *Net) dualBlocks(from, to int, x []dual, dir direction) []dual {
	for l := from; l < to; l++ {
		x = n.dualBlock(l, x, dir)
	}
	return x
}

// duals pairs values with their ε parts; dx may be nil.
func duals(x, dx []float64) []dual {
	out := make([]dual, len(x))
	for i := range x {
		out[i].v = x[i]
		if dx != nil {
			out[i].d = dx[i]
		}
	}
	return out
}

// epsilons returns the ε parts.
func epsilons(x []dual) []float64 {
	out := make([]float64, len(x))
	for i := range x {
		out[i] = x[i].d
	}
	return out
}
