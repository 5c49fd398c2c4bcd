// SPDX-License-Identifier: Apache-2.0

package cka

import (
	"fmt"
	"math"
	"slices"
)

// Gram is a symmetric matrix of a kernel's values on n samples, row by row.
type Gram struct {
	N      int
	Values []float64 // n x n
}

// NewGram checks the size of a matrix.
func NewGram(n int, values []float64) (Gram, error) {
	if n < 1 || len(values) != n*n {
		return Gram{}, fmt.Errorf("kernel matrix of %d samples: got %d values, want %d", n, len(values), n*n)
	}
	return Gram{n, values}, nil
}

func (g Gram) row(i int) []float64 { return g.Values[i*g.N : (i+1)*g.N] }

// rounding is the share of a column's mean under which a difference to it is rounding.
const rounding = 0x1p-48

// Linear is K = XXᵀ (n x n) of X (n x p), row by row, whose columns are centred first.
func Linear(n, p int, x []float64) (Gram, error) {
	if n < 1 || p < 1 || len(x) != n*p {
		return Gram{}, fmt.Errorf("representation of %d samples in %d columns: got %d values, want %d", n, p, len(x), n*p)
	}
	centred := slices.Clone(x)
	for k := range p {
		var sum float64
		for i := range n {
			sum += x[i*p+k]
		}
		mean := sum / float64(n)
		for i := range n {
			if centred[i*p+k] -= mean; math.Abs(centred[i*p+k]) <= rounding*math.Abs(mean) {
				centred[i*p+k] = 0
			}
		}
	}
	g := Gram{n, make([]float64, n*n)}
	for i := range n {
		for j := range i + 1 {
			v := dot(centred[i*p:(i+1)*p], centred[j*p:(j+1)*p])
			g.Values[i*n+j], g.Values[j*n+i] = v, v
		}
	}
	return g, nil
}

func dot(a, b []float64) float64 {
	var sum float64
	for k, v := range a {
		sum += v * b[k]
	}
	return sum
}

// squaredDistance is ‖x_i - x_j‖² of a linear kernel's samples.
func (g Gram) squaredDistance(i, j int) float64 {
	return max(g.Values[i*g.N+i]+g.Values[j*g.N+j]-2*g.Values[i*g.N+j], 0)
}

// MedianDistance is the median of ‖x_i - x_j‖ over the pairs i < j of samples of linear kernels, those of one matrix with each other: the mean of the two in the
// middle where their number is even. It is NaN where a matrix is not finite or there is no pair.
func MedianDistance(linear ...Gram) float64 {
	var squares []float64
	for _, g := range linear {
		for i := range g.N {
			for j := range i {
				r2 := g.squaredDistance(i, j)
				if math.IsNaN(r2) || math.IsInf(r2, 0) {
					return math.NaN()
				}
				squares = append(squares, r2)
			}
		}
	}
	if len(squares) == 0 {
		return math.NaN()
	}
	slices.Sort(squares)
	middle := len(squares) / 2
	if len(squares)%2 == 1 {
		return math.Sqrt(squares[middle])
	}
	return (math.Sqrt(squares[middle-1]) + math.Sqrt(squares[middle])) / 2
}

// RBF is exp(-r²/2s²) for the distances r of a linear kernel's samples. With s = 0, the median distance where most samples are equal, it is NaN.
func (g Gram) RBF(s float64) Gram {
	if s == 0 {
		s = math.NaN()
	}
	out := Gram{g.N, make([]float64, len(g.Values))}
	for i := range g.N {
		for j := range i + 1 {
			v := math.Exp(-g.squaredDistance(i, j) / (2 * s * s))
			out.Values[i*g.N+j], out.Values[j*g.N+i] = v, v
		}
	}
	return out
}
