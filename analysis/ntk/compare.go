// SPDX-License-Identifier: Apache-2.0

package ntk

import (
	"fmt"
	"math"
	"sync"
)

// products are inner products of two kernels a, b, and of a-b.
type products struct{ ab, aa, bb, difference float64 }

func (p *products) add(weight float64, a, b []float64) {
	var ab, aa, bb, difference float64
	for i, x := range a {
		y := b[i]
		ab += x * y
		aa += x * x
		bb += y * y
		difference += (x - y) * (x - y)
	}
	p.ab, p.aa, p.bb, p.difference = p.ab+weight*ab, p.aa+weight*aa, p.bb+weight*bb, p.difference+weight*difference
}

func (p *products) plus(q products) {
	p.ab, p.aa, p.bb, p.difference = p.ab+q.ab, p.aa+q.aa, p.bb+q.bb, p.difference+q.difference
}

// cosine is <a, b>/(‖a‖‖b‖), NaN where one of them is zero.
func (p products) cosine() float64 { return p.ab / math.Sqrt(p.aa) / math.Sqrt(p.bb) }

// Comparison is how two kernels on the same probe set lie to each other.
type Comparison struct {
	Alignment float64 // <A, B>/(‖A‖‖B‖)
	Centred   float64 // the same of HAH and HBH
	Change    float64 // ‖B - A‖/‖A‖
}

// Compare compares b with a. Kernels of other sizes, or of other tiles, are an error.
func Compare(a, b *Kernel) (Comparison, error) {
	if a.Samples != b.Samples || a.Classes != b.Classes || a.rows != b.rows || (a.double == nil) != (b.double == nil) {
		return Comparison{}, fmt.Errorf("kernels of %d samples x %d in tiles of %d and of %d x %d in tiles of %d cannot be compared; both must come from one Exact",
			a.Samples, a.Classes, a.rows, b.Samples, b.Classes, b.rows)
	}
	raw, centred := compare(a, b)
	return Comparison{Alignment: raw.cosine(), Centred: centred.cosine(), Change: math.Sqrt(raw.difference) / math.Sqrt(raw.aa)}, nil
}

func compare(a, b *Kernel) (raw, centred products) {
	meansA, meansB := a.means(), b.means()
	rawOf, centredOf := make([]products, a.workers()), make([]products, a.workers())
	a.eachTile(func(w int, t tile) {
		buffers := make([]float64, 4*a.rows)
		take := func(i int) []float64 { return buffers[i*a.rows:][:a.rows] }
		for i := range a.Classes {
			for r := range a.length(t.row) {
				n := t.row*a.rows + r
				for j := range a.Classes {
					x, y := a.line(t, i, r, j, take(0)), b.line(t, i, r, j, take(1))
					rawOf[w].add(t.weight(), x, y)
					centredOf[w].add(t.weight(), meansA.centred(a.Classes, i, n, j, t.col*a.rows, x, take(2)), meansB.centred(a.Classes, i, n, j, t.col*a.rows, y, take(3)))
				}
			}
		}
	})
	for w := range rawOf {
		raw.plus(rawOf[w])
		centred.plus(centredOf[w])
	}
	return raw, centred
}

// norms are ‖Θ‖ and ‖HΘH‖.
type norms struct{ raw, centred float64 }

func newNorms(k *Kernel) func() norms {
	return sync.OnceValue(func() norms {
		raw, centred := compare(k, k)
		return norms{math.Sqrt(raw.aa), math.Sqrt(centred.aa)}
	})
}

// Norms are ‖Θ‖ and ‖HΘH‖ (H⊗I of a full kernel).
func (k *Kernel) Norms() (raw, centred float64) {
	n := k.norms()
	return n.raw, n.centred
}
