// SPDX-License-Identifier: Apache-2.0

package features

import (
	"math"

	"gonum.org/v1/gonum/floats"
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

// classify fits a ridge classifier in the basis on targets y (n, K), chooses its penalty by leave-one-out error, and looks at the probe set, want (N, K). Where
// the site is the same for all samples it predicts the mean of the targets.
func (b *basis) classify(y, want *mat.Dense) *Classifier {
	means := columnMeans(y)
	f := fitting{basis: b, y: lessRow(y, means)}
	if b.reduced != nil {
		f.rhs = new(mat.Dense)
		f.rhs.Mul(b.fit.T(), f.y)
	}
	grid := Grid()
	best, least := len(grid)-1, math.Inf(1)
	for k := len(grid) - 1; k >= 0; k-- { // from above: of equals the largest penalty
		if e := f.leaveOneOut(grid[k] * b.mean); e < least {
			best, least = k, e
		}
	}
	c := &Classifier{Ridge: number.Number(grid[best]), LeaveOneOut: number.Number(least), AtEdge: best == 0 || best == len(grid)-1}
	c.judge(f.predict(grid[best]*b.mean, means, want), want)
	return c
}

// fitting are the targets in a basis.
type fitting struct {
	*basis
	y   *mat.Dense // (n, K), less their means
	rhs *mat.Dense // fitᵀ y, (r, K); nil where there is no basis
}

// leaveOneOut is the mean over the n samples of ½‖e_i‖², e_i = r_i/(1 - h_ii), the error of sample i by the classifier fitted on the others with the same λ. With
// the hat matrix 11ᵀ/n + X(XᵀX + λI)⁻¹Xᵀ, the dual form has r = λ(A + λI)⁻¹y and 1 - h_ii = λ((A + λI)⁻¹_ii - 1/(n(s + λ))).
func (f fitting) leaveOneOut(lambda float64) float64 {
	n, _ := f.y.Dims()
	count := float64(n)
	if f.reduced == nil {
		return half(f.y, func(int) float64 { return 1 - 1/count })
	}
	shifted := f.reduced.Shift(lambda)
	inverse := shifted.Quadratic(f.fit)
	var fitted mat.Dense
	fitted.Mul(f.fit, shifted.Solve(f.rhs))
	if f.dual {
		return half(&fitted, func(i int) float64 { return inverse[i] - 1/(count*(f.shift+lambda)) })
	}
	fitted.Sub(f.y, &fitted)
	return half(&fitted, func(i int) float64 { return 1 - 1/count - inverse[i] })
}

// half is the mean over rows of half the squared norm of a row over its divisor.
func half(a *mat.Dense, divisor func(row int) float64) float64 {
	n, _ := a.Dims()
	var total float64
	for i := range n {
		row, d := a.RawRowView(i), divisor(i)
		total += floats.Dot(row, row) / (2 * d * d)
	}
	return total / float64(n)
}

// predict is what the classifier with penalty λ says of the probe set, (N, K).
func (f fitting) predict(lambda float64, means []float64, want *mat.Dense) *mat.Dense {
	n, classes := want.Dims()
	out := mat.NewDense(n, classes, nil)
	if f.reduced != nil {
		out.Mul(f.seen, f.reduced.Shift(lambda).Solve(f.rhs))
	}
	for i := range n {
		floats.Add(out.RawRowView(i), means)
	}
	return out
}

// judge compares predictions with the targets of the probe set.
func (c *Classifier) judge(got, want *mat.Dense) {
	n, classes := want.Dims()
	var loss float64
	c.Hits = make([]bool, n)
	for i := range n {
		best := 0
		for k := range classes {
			e := got.At(i, k) - want.At(i, k)
			loss += e * e / 2
			if got.At(i, k) > got.At(i, best) {
				best = k
			}
		}
		c.Hits[i] = want.At(i, best) == 1
	}
	c.Loss = number.Number(loss / float64(n))
	c.Accuracy, c.AccuracyErr = accuracy(c.Hits)
}
