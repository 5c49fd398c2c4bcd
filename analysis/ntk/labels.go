// SPDX-License-Identifier: Apache-2.0

package ntk

import (
	"math"
	"sync"
)

// Times is Θv for a vector v of NK numbers, class by class: v[i·N+n] belongs to sample n and class i. It goes through the tiles once, in float64.
func (k *Kernel) Times(v []float64) []float64 {
	parts := make([][]float64, k.workers())
	for w := range parts {
		parts[w] = make([]float64, k.Size())
	}
	k.eachTile(func(w int, t tile) { k.addTile(t, v, parts[w]) })
	total := parts[0]
	for _, p := range parts[1:] {
		for i, x := range p {
			total[i] += x
		}
	}
	return total
}

// addTile adds a tile's part of Θv, and that of its mirror image below the diagonal.
func (k *Kernel) addTile(t tile, v, to []float64) {
	buffer := make([]float64, k.rows)
	rows, cols := t.row*k.rows, t.col*k.rows
	for i := range k.Classes {
		for r := range k.length(t.row) {
			at := i*k.Samples + rows + r
			var total float64
			for j := range k.Classes {
				line := k.line(t, i, r, j, buffer)
				from := v[j*k.Samples+cols:][:len(line)]
				for m, x := range line {
					total += x * from[m]
				}
				if t.row == t.col {
					continue
				}
				across, own := to[j*k.Samples+cols:][:len(line)], v[at]
				for m, x := range line {
					across[m] += own * x
				}
			}
			to[at] += total
		}
	}
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

// centredLabels is y - mean over samples, class by class, for one-hot y: K vectors of N numbers.
func centredLabels(labels []int32, classes int) [][]float64 {
	y := make([][]float64, classes)
	for i := range y {
		y[i] = make([]float64, len(labels))
		var count float64
		for _, label := range labels {
			if int(label) == i {
				count++
			}
		}
		for n, label := range labels {
			y[i][n] = -count / float64(len(labels))
			if int(label) == i {
				y[i][n]++
			}
		}
	}
	return y
}

// labelNorm is the Frobenius norm of the matrix that a kernel is aligned with: ‖y‖² of yyᵀ for the vector y over samples and classes, or of YYᵀ = Σ_i y_iy_iᵀ,
// which is that of YᵀY, for a class-traced kernel.
func labelNorm(y [][]float64, full bool) float64 {
	var total float64
	for i := range y {
		for j := range y {
			p := dot(y[i], y[j])
			switch {
			case !full:
				total += p * p
			case i == j:
				total += p
			}
		}
	}
	if full {
		return total
	}
	return math.Sqrt(total)
}

// LabelAlignment is <HΘH, T>/(‖HΘH‖‖T‖) with the kernel T of the centred one-hot labels y: yyᵀ for y as a vector over samples and classes, or of a class-traced
// kernel YYᵀ, (N, N). It lies in [-1, 1], and is NaN where all samples have the same label.
func (k *Kernel) LabelAlignment(labels []int32) float64 {
	y := centredLabels(labels, k.config.Classes)
	full := k.Classes > 1
	var along float64 // H is in y already
	if full {
		var all []float64
		for _, class := range y {
			all = append(all, class...)
		}
		along = dot(all, k.Times(all))
	} else {
		for _, class := range y {
			along += dot(class, k.Times(class))
		}
	}
	_, norm := k.Norms()
	return along / norm / labelNorm(y, full)
}

func dot(a, b []float64) float64 {
	var total float64
	for i, v := range a {
		total += v * b[i]
	}
	return total
}
