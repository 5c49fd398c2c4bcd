// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"

	"revgn/internal/dense"
	"revgn/model"
)

// solution is A for Φ A = T, with what it achieves.
type solution struct {
	delta       model.Delta
	achieved    *graph.Node // ΦA, (B, d), from the A that is written to the weights
	left        *graph.Node // T - ΦA
	residual    *graph.Node // ‖ΦA - T‖/‖T‖
	refinements *graph.Node
}

// solve finds A for the target T (B, d). scale is the norm that residuals are measured against when deciding whether to refine: that of the whole step's
// target, so that a block that is asked for next to nothing does not polish rounding errors.
func (f *factored) solve(target, scale *graph.Node) solution {
	switch {
	case f.form == rowForm && f.once():
		return f.solveRowsOnce(target)
	case f.form == rowForm:
		return f.solveRows(target, scale)
	case f.form == columnForm:
		return f.solveColumns(target)
	}
	return f.solveIdentity(target)
}

// filterPasses is the number of passes on the residual where the system may be rank deficient, and the residual therefore says nothing about when to stop.
const filterPasses = 2

// once tells whether the system is solved as it is, with nothing to make up for: after a cut, and with a damping that was asked for.
func (f *factored) once() bool { return f.projector != nil || f.damped }

// passes is the number of passes on the residual.
func (f *factored) passes() int {
	if f.once() {
		return 0
	}
	return filterPasses
}

// apply is (matrix + μI)⁻¹ t, or the truncated pseudo-inverse of the matrix.
func (f *factored) apply(t *graph.Node) *graph.Node {
	if f.projector != nil {
		t = dense.Times(f.projector, t)
	}
	return dense.SolveWith(f.inverse, t)
}

// solveRowsOnce is A = ΦᵀY with the truncated pseudo-inverse's Y, or with (Gm + μI)Y = T, whose own residual is solved for once more.
func (f *factored) solveRowsOnce(target *graph.Node) solution {
	y := f.apply(target)
	if f.damped {
		left := graph.Sub(target, graph.Add(graph.MatMul(f.matrix, y), graph.Mul(f.mu, y)))
		y = graph.Add(y, f.apply(left))
	}
	delta := model.Delta{W: dense.TallTimes(dense.Slabs(f.phi), y)}
	if f.point.Coupling.Bias != nil {
		delta.Bias = dense.ColumnSums(y)
	}
	return f.finish(delta, target)
}

// solveColumns is A = (ΦᵀΦ + μI)⁻¹ΦᵀT, and filterPasses more on T - ΦA.
func (f *factored) solveColumns(target *graph.Node) solution {
	bias := f.point.Coupling.Bias != nil
	phi := f.phi
	if bias {
		phi = dense.WithOnes(phi)
	}
	a := f.apply(dense.TransposedTimes(phi, target))
	for range f.passes() {
		a = graph.Add(a, f.apply(dense.TransposedTimes(phi, graph.Sub(target, graph.MatMul(phi, a)))))
	}
	return f.finish(split(a, bias), target)
}

// solveIdentity is A = MᵀL⁻ᵀS with the S of whitenedSolution, in Float64. What it achieves is computed from the A that is written: C ΔW would be LLᵀL⁻ᵀS
// without a product, but then the certificate would rest on the frozen factors being those of C.
func (f *factored) solveIdentity(target *graph.Node) solution {
	c := f.point.Coupling
	parts := split(f.whitenedSolution(graph.ConvertDType(target, dtypes.Float64)), c.Bias != nil)
	delta := model.Delta{W: dense.TransposedTimes(c.C, graph.ConvertDType(graph.MatMul(f.frozen.inverse, parts.W), c.C.DType()))}
	if parts.Bias != nil {
		delta.Bias = graph.ConvertDType(parts.Bias, c.C.DType())
	}
	return f.finish(delta, target)
}

// whitenedSolution solves X'S = T (n, d): S = (X'ᵀX' + μI)⁻¹X'ᵀT, or S = X'ᵀ(X'X'ᵀ + μI)⁻¹T where that system is the smaller one, each with filterPasses
// more on the residual. The two are equal.
func (f *factored) whitenedSolution(t *graph.Node) *graph.Node {
	if f.matrix.Shape().Dim(0) == t.Shape().Dim(0) {
		return dense.TransposedTimes(f.x, f.filtered(t))
	}
	return f.filtered(graph.MatMul(f.x, t))
}

// filtered is y = (matrix + μI)⁻¹ b, and filterPasses more on the residual b - matrix·y, which is that of T seen through X'ᵀ: no pass needs T or X' again.
func (f *factored) filtered(b *graph.Node) *graph.Node {
	if f.once() {
		return f.apply(b)
	}
	inverse := dense.WholeInverse(f.inverse)
	y := graph.MatMul(inverse, b)
	for range f.passes() {
		y = graph.Add(y, graph.MatMul(inverse, graph.Sub(b, graph.MatMul(f.matrix, y))))
	}
	return y
}

// finish measures what a change achieves.
func (f *factored) finish(delta model.Delta, target *graph.Node) solution {
	achieved := f.point.WeightTangent(delta)
	left := graph.Sub(target, achieved)
	return solution{
		delta: delta, achieved: achieved, left: left,
		residual:    dense.Ratio(dense.Norm(left), dense.Norm(target)),
		refinements: graph.Const(target.Graph(), float64(f.passes())),
	}
}

// split cuts the last row, the bias's, off a stacked Z (h+1, d).
func split(z *graph.Node, bias bool) model.Delta {
	if !bias {
		return model.Delta{W: z}
	}
	rows := z.Shape().Dim(0)
	last := graph.Slice(z, graph.AxisRange(rows-1), graph.AxisRange())
	return model.Delta{W: dense.Rows(z, 0, rows-1), Bias: graph.Reshape(last, z.Shape().Dim(1))}
}
