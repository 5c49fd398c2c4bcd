// SPDX-License-Identifier: Apache-2.0

package report

import (
	"fmt"
	"math"

	"revgn/internal/npy"
)

// fullSums are what is shown of a kernel of all logits, Θ (N,K,N,K).
type fullSums struct {
	traced []float64   // Σ_k Θ[(n,k),(m,k)], (N,N)
	norms  [][]float64 // ‖Θ_kk′‖ over all pairs of samples, (K,K)
}

// fullKernel adds up a kernel of all logits; false for any other array.
func fullKernel(a npy.Array) (s fullSums, ok bool) {
	if len(a.Shape) != 4 || a.Shape[0] != a.Shape[2] || a.Shape[1] != a.Shape[3] || a.Shape[0] == 0 || a.Shape[1] == 0 {
		return s, false
	}
	switch d := a.Data.(type) {
	case []float32:
		return sumsOf(d, a.Shape[0], a.Shape[1]), true
	case []float64:
		return sumsOf(d, a.Shape[0], a.Shape[1]), true
	}
	return s, false
}

// sumsOf adds up the elements where they lie: a copy as float64 would take twice the memory of the kernel.
func sumsOf[T float32 | float64](values []T, samples, classes int) fullSums {
	s := fullSums{traced: make([]float64, samples*samples), norms: make([][]float64, classes)}
	for k := range s.norms {
		s.norms[k] = make([]float64, classes)
	}
	at := 0
	for n := range samples {
		for k := range classes {
			for m := range samples {
				for l := range classes {
					v := float64(values[at])
					at++
					s.norms[k][l] += v * v
					if k == l {
						s.traced[n*samples+m] += v
					}
				}
			}
		}
	}
	for _, row := range s.norms {
		for l, v := range row {
			row[l] = math.Sqrt(v)
		}
	}
	return s
}

// heat shows the norms, from zero on, so that blocks off the diagonal compare with those on it.
func (s fullSums) heat() *Heat {
	h := &Heat{RowTitle: "logit k", ColTitle: "logit k′", Values: s.norms}
	for k := range s.norms {
		h.Rows = append(h.Rows, fmt.Sprint(k))
	}
	h.Cols = h.Rows
	_, h.Hi = bounds(s.norms)
	return h
}
