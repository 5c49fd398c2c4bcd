// SPDX-License-Identifier: Apache-2.0

package features

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"revgn/internal/number"
)

// epsilon is the distance from 1 to the next float64.
const epsilon = 0x1p-52

// gridLow and gridHigh are the first and the last power of ten of Grid.
const (
	gridLow  = -8
	gridHigh = 2
)

// Grid lists the penalties that are tried, ascending, as multiples of the mean of diag HKH: 1e-8 to 1e2, two a decade.
func Grid() []float64 {
	var grid []float64
	for half := 2 * gridLow; half <= 2*gridHigh; half++ {
		grid = append(grid, math.Pow(10, float64(half)/2))
	}
	return grid
}

// classify fits a ridge classifier in the basis on targets y (n, K), chooses its penalty by leave-one-out error, and looks at the probe set, want (N, K). A site
// that is the same for all samples predicts the mean of the targets.
func (b *basis) classify(y, want *mat.Dense) *Classifier {
	means := columnMeans(y)
	centred := lessRow(y, means)
	inBasis := new(mat.Dense) // Uᵀ(Y - mean), (r, K)
	if len(b.values) > 0 {
		inBasis.Mul(b.u.T(), centred)
	}
	grid := Grid()
	best, least := len(grid)-1, math.Inf(1)
	for k := len(grid) - 1; k >= 0; k-- { // from above: of equals the largest penalty
		if e := b.leaveOneOut(centred, inBasis, grid[k]*b.mean); e < least {
			best, least = k, e
		}
	}
	c := &Classifier{Ridge: number.Number(grid[best]), LeaveOneOut: number.Number(least), AtEdge: best == 0 || best == len(grid)-1}
	c.judge(b.predict(inBasis, grid[best]*b.mean, means, want), want)
	return c
}

// leaveOneOut is the mean over the n samples of ½‖e_i‖², e_i = r_i/(1 - h_ii), the error of sample i by the classifier fitted on the others with the same λ:
// hat matrix 11ᵀ/n + U diag(λ_j/(λ_j + λ)) Uᵀ.
func (b *basis) leaveOneOut(centred, inBasis *mat.Dense, lambda float64) float64 {
	n, classes := centred.Dims()
	fitted, weighted := new(mat.Dense), b.damped(inBasis, func(v float64) float64 { return v / (v + lambda) })
	if weighted != nil {
		fitted.Mul(b.u, weighted)
	}
	var total float64
	for i := range n {
		hat := 1 / float64(n)
		if weighted != nil {
			for j, u := range b.u.RawRowView(i) {
				hat += u * u * b.values[j] / (b.values[j] + lambda)
			}
		}
		for k := range classes {
			r := centred.At(i, k)
			if weighted != nil {
				r -= fitted.At(i, k)
			}
			total += r * r / (2 * (1 - hat) * (1 - hat))
		}
	}
	return total / float64(n)
}

// predict is what the classifier with penalty λ says of the probe set, (N, K).
func (b *basis) predict(inBasis *mat.Dense, lambda float64, means []float64, want *mat.Dense) *mat.Dense {
	n, classes := want.Dims()
	out := mat.NewDense(n, classes, nil)
	if weighted := b.damped(inBasis, func(v float64) float64 { return 1 / (v + lambda) }); weighted != nil {
		out.Mul(b.seen, weighted)
	}
	for i := range n {
		for k := range classes {
			out.Set(i, k, out.At(i, k)+means[k])
		}
	}
	return out
}

// damped is diag(f(λ_j)) times a (r, K), nil where the basis is empty.
func (b *basis) damped(a *mat.Dense, f func(float64) float64) *mat.Dense {
	if len(b.values) == 0 {
		return nil
	}
	out := mat.DenseCopyOf(a)
	for j, v := range b.values {
		row := out.RawRowView(j)
		for k := range row {
			row[k] *= f(v)
		}
	}
	return out
}

// judge compares predictions with the targets of the probe set.
func (c *Classifier) judge(got, want *mat.Dense) {
	n, classes := want.Dims()
	var loss float64
	c.hits = make([]bool, n)
	for i := range n {
		best := 0
		for k := range classes {
			e := got.At(i, k) - want.At(i, k)
			loss += e * e / 2
			if got.At(i, k) > got.At(i, best) {
				best = k
			}
		}
		c.hits[i] = want.At(i, best) == 1
	}
	c.Loss = number.Number(loss / float64(n))
	c.Accuracy, c.AccuracyErr = accuracy(c.hits)
}
