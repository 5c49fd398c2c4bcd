// SPDX-License-Identifier: Apache-2.0

package optim

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"

	"revgn/gnstep"
	"revgn/internal/dense"
	"revgn/model"
)

// kronecker holds a coupling's factors of its block A ⊗ G of the batch's Gauss-Newton matrix, and its gradient. The factors are those of the batch alone, no
// averages over steps: that is what lets A be worked with as ΦΦᵀ/B (B, B), whose rows are this batch's samples and nobody else's.
type kronecker struct {
	point    *model.Point
	g        *graph.Node // (B, d): gradient of the mean loss by the coupling's output, so that its Z has the gradient Φᵀg
	features *graph.Node // A = ΦᵀΦ/B (h+1, h+1) where B > h+1, else ΦΦᵀ/B (B, B), which has its eigenvalues but for zeros
	outputs  *graph.Node // G = mean over samples of δᵀHδ (d, d), δ (K, d) the logits' derivative by the coupling's output, H the loss's own
	a, b     *graph.Node // what is added to the diagonals of A and G
}

// precondition is ΔZ of every coupling (Martens and Grosse, 2015, sections 4.2 and 6.3):
//
//	ΔZ = (A + π√λ I)⁻¹ Φᵀg (G + √λ/π I)⁻¹,   π² = (tr A/(h+1)) / (tr G/d)
//
// through (ΦᵀΦ/B + aI)⁻¹Φᵀ = Φᵀ(ΦΦᵀ/B + aI)⁻¹ in the smaller of the two spaces. G is the exact mean, not a sample of labels. For each coupling B²h + B³ + 4Bhd
// operations for A, 2BKd² + d³ for G, and those of the K adjoint passes for δ.
func (k *kfac) precondition(trace *model.Trace, labels, lambda *graph.Node) []model.Delta {
	batch := trace.Logits.Shape().Dim(0)
	residual := graph.DivScalar(k.objective.Residual(trace.Logits, labels), float64(batch))
	cotangents := gnstep.Cotangents(trace)
	factors := make([]*kronecker, len(cotangents))
	var features, outputs system
	for c, p := range trace.Points() {
		f := &kronecker{
			point: p, g: gnstep.Expand(cotangents[c], residual),
			features: featureFactor(p), outputs: k.outputFactor(cotangents[c], trace.Logits),
		}
		f.damp(k.vars.Config.FeatureCount(), lambda)
		features.add(f.features, f.a)
		outputs.add(f.outputs, f.b)
		factors[c] = f
	}
	left, right := features.inverses(), outputs.inverses()
	deltas := make([]model.Delta, len(factors))
	for c, f := range factors {
		deltas[c] = f.apply(left[c], right[c])
	}
	return deltas
}

// featureFactor is the smaller of ΦᵀΦ/B and ΦΦᵀ/B; the latter where they are equal, so that the size tells the two apart.
func featureFactor(p *model.Point) *graph.Node {
	batch, columns, bias := p.X.Shape().Dim(0), p.Coupling.C.Shape().Dim(1), p.Coupling.Bias != nil
	if bias {
		columns++
	}
	var gram *graph.Node
	switch {
	case batch <= columns && p.Phi == nil: // Φ = xC, so that ΦΦᵀ = x(CCᵀ)xᵀ
		gram = dense.TimesTransposed(graph.MatMul(p.X, dense.Gram(p.Coupling.C)), p.X)
	case batch <= columns:
		gram = dense.Gram(dense.Slabs(p.Phi))
	default:
		phi := p.Phi
		if phi == nil {
			phi = graph.MatMul(p.X, p.Coupling.C)
		}
		if bias {
			phi = dense.WithOnes(phi)
		}
		return graph.DivScalar(dense.Gram(graph.Transpose(phi, 0, 1)), float64(batch))
	}
	if bias {
		gram = graph.OnePlus(gram)
	}
	return graph.DivScalar(gram, float64(batch))
}

// outputFactor is G from δ, (B, K, d) or (K, d). With S = diag(√p)(I - qqᵀ), q = √p, the curvature of cross-entropy is H = SSᵀ, and Sᵀδ has the rows
// √p_k (δ_k - Σ_j p_j δ_j).
func (k *kfac) outputFactor(delta, logits *graph.Node) *graph.Node {
	batch, classes := logits.Shape().Dim(0), logits.Shape().Dim(1)
	d := delta.Shape().Dim(delta.Rank() - 1)
	mean := func(rows *graph.Node) *graph.Node { // of rowsᵀrows over samples
		flat := graph.Reshape(rows, batch*classes, rows.Shape().Dim(2))
		return graph.DivScalar(dense.Gram(graph.Transpose(flat, 0, 1)), float64(batch))
	}
	shared := delta.Rank() == 2
	if k.objective.Loss == model.SquaredError { // S = I
		if shared {
			return dense.Gram(graph.Transpose(delta, 0, 1))
		}
		return mean(delta)
	}
	p := graph.Softmax(logits, 1)
	weighted := func(rows, average *graph.Node) *graph.Node {
		return graph.Mul(graph.ExpandAxes(graph.Sqrt(p), -1), graph.Sub(rows, graph.ExpandAxes(average, 1)))
	}
	if !shared {
		return mean(weighted(delta, gnstep.Expand(delta, p)))
	}
	identity := graph.ConvertDType(graph.Diagonal(logits.Graph(), classes), logits.DType())
	curvature := mean(weighted(graph.BroadcastToDims(graph.ExpandAxes(identity, 0), batch, classes, classes), p))
	g := graph.MatMul(dense.TransposedTimes(delta, curvature), delta)
	g.AssertDims(d, d)
	return g
}

// damp sets a = π√λ and b = √λ/π, neither below what the factor's dtype resolves. Where a factor is zero, π is 1.
func (f *kronecker) damp(columns int, lambda *graph.Node) {
	traceA, traceG := dense.Trace(f.features), dense.Trace(f.outputs)
	ofA, ofG := graph.DivScalar(traceA, float64(columns)), graph.DivScalar(traceG, float64(f.outputs.Shape().Dim(0)))
	zero := graph.ZerosLike(ofA)
	both := graph.LogicalAnd(graph.GreaterThan(ofA, zero), graph.GreaterThan(ofG, zero))
	pi := graph.Sqrt(graph.Where(both, graph.Div(ofA, dense.OrOne(ofG)), graph.OnesLike(ofA)))
	root := graph.Sqrt(lambda)
	f.a = graph.Max(graph.Mul(root, pi), graph.MulScalar(traceA, resolution(lambda.DType())))
	f.b = graph.Max(graph.Div(root, pi), graph.MulScalar(traceG, resolution(lambda.DType())))
}

// resolution is the least damping of a factor as a share of its trace, which bounds its eigenvalues: well above the rounding of a Gram matrix, so that what is
// damped has none below zero.
func resolution(dtype dtypes.DType) float64 {
	if dtype == dtypes.Float32 {
		return 1e-6
	}
	return 1e-14
}

// apply is ΔZ from the inverse Cholesky factors of the damped features and outputs.
func (f *kronecker) apply(left, right *graph.Node) model.Delta {
	right2 := func(t *graph.Node) *graph.Node { return graph.MatMul(dense.TimesTransposed(t, right), right) }
	if left.Shape().Dim(0) == f.g.Shape().Dim(0) {
		return f.point.WeightAdjoint(right2(dense.SolveWith(left, f.g)))
	}
	gradient := f.point.WeightAdjoint(f.g)
	if gradient.Bias == nil {
		return model.Delta{W: right2(dense.SolveWith(left, gradient.W))}
	}
	hidden := gradient.W.Shape().Dim(0)
	z := graph.Concatenate([]*graph.Node{gradient.W, graph.ExpandAxes(gradient.Bias, 0)}, 0)
	z = right2(dense.SolveWith(left, z))
	return model.Delta{W: dense.Rows(z, 0, hidden), Bias: graph.Reshape(dense.Rows(z, hidden, hidden+1), -1)}
}
