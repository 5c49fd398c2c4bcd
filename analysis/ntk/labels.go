// SPDX-License-Identifier: Apache-2.0

package ntk

import "math"

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
