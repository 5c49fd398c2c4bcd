// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"

	"revgn/internal/dense"
	"revgn/model"
)

// form is the way in which a coupling's Φ A = T is turned into a symmetric positive definite system with μ = ρ·mean(diag ΦΦᵀ) on its diagonal
// (docs/mathematics.md, section 4). The column and the identity form are filtered: the iterated Tikhonov solution
// Σ_i (1 - (μ/(σ_i²+μ))^{m+1}) / σ_i · v_i u_iᵀ T after m refinements. The row form iterates to Φ⁺T.
type form int

const (
	// rowForm solves (ΦΦᵀ + μI) Y = T, A = ΦᵀY: B by B. Where B does not exceed the number of features. 2B²h/2 + B³ + 4Bhd operations.
	rowForm form = iota
	// columnForm solves (ΦᵀΦ + μI) A = ΦᵀT: features by features. Where there are fewer features than samples, so that the step is a projection.
	columnForm
	// identityForm solves for an identity coupling in the coordinates of x itself. Φ = [x,1]·M, M = [C 0; 0 1], MMᵀ = LLᵀ with the frozen factor L, so
	// Φ has the singular values of X' = [x,1]L, and Φ's filtered inverse is MᵀL⁻ᵀ(X'ᵀX' + μI)⁻¹X'ᵀ: (d+1)-square, or B-square in its other form where B is
	// smaller, in Float64 because images leave it rank deficient and the level μ must be well above rounding for every backend to give the same result.
	// Where d is far below B it costs next to nothing.
	identityForm
)

// formOf chooses the form by activation and size.
func formOf(c model.Config, coupling, batch int) form {
	switch {
	case c.ActivationOf(coupling) == model.Identity && c.Hidden >= c.Half():
		return identityForm
	case batch <= c.FeatureCount():
		return rowForm
	}
	return columnForm
}

// filterLevel is ρ: well above the rounding of a Gram matrix in the dtype (ε·√B for B up to 10⁴), well below its smallest eigenvalue where Φ has full
// row rank (4·10⁻⁴ of the mean diagonal on MNIST at B = 1000). In Float64 the identity form has a higher one: where the data leave Φ rank deficient, what
// rounding puts into the missing directions is ε/ρ of the rest, and no refinement takes it out again.
func filterLevel(dtype dtypes.DType, of form) float64 {
	switch {
	case dtype == dtypes.Float32:
		return 1e-5
	case of == rowForm:
		return 1e-13
	}
	return 1e-10
}

// normal is a coupling's system before it is factored.
type normal struct {
	coupling int
	form     form
	point    *model.Point
	phi      *graph.Node // rowForm, columnForm: features without the ones (B, h)
	x        *graph.Node // identityForm: X' = [x,1]L (B, d+1) where B is at most d+1, else X'ᵀ, so that the system is xxᵀ; Float64
	frozen   frozenNodes // identityForm
	matrix   *graph.Node // (n, n), without μ
	mu       *graph.Node // scalar of the matrix's dtype
	floor    *graph.Node // of a damped system: the λ below which it is solved as at that λ
	damped   bool        // μ is a damping that the options ask for, and not a level to be iterated away
}

// newNormal forms the system of a coupling evaluated on the batch.
func (s *Step) newNormal(coupling int, p *model.Point, frozen frozenNodes) *normal {
	c, batch := s.vars.Config, p.X.Shape().Dim(0)
	n := s.unformed(coupling, p, frozen)
	if n.form == identityForm {
		n.matrix = dense.Gram(n.x)
	} else {
		n.matrix = n.featureGram()
	}
	meanDiagonal := graph.DivScalar(dense.Trace(n.matrix), float64(batch))
	// Features that are all zero make a system of zeros, and any level above 0 gives the A = 0 that it has.
	n.mu = dense.OrOne(graph.MulScalar(meanDiagonal, filterLevel(c.DType, n.form)))
	if d := s.opts.Damping; n.damped {
		n.floor = d.lambdaOf(n.mu, meanDiagonal, batch)
		n.mu = graph.Max(n.mu, d.level(s.lambda(n.mu.Graph()), meanDiagonal, batch))
	}
	return n
}

// unformed is the system without what is computed from all samples together, matrix, mu and floor.
func (s *Step) unformed(coupling int, p *model.Point, frozen frozenNodes) *normal {
	n := &normal{coupling: coupling, form: formOf(s.vars.Config, coupling, p.X.Shape().Dim(0)), point: p, frozen: frozen, damped: s.opts.Damping.Value > 0}
	if n.form == identityForm {
		n.x = whitenedBySize(p, frozen)
	} else {
		n.phi = featuresOf(p)
	}
	return n
}

// featuresOf is Φ without the ones (B, h), which an identity coupling does not keep.
func featuresOf(p *model.Point) *graph.Node {
	if p.Phi == nil {
		return graph.MatMul(p.X, p.Coupling.C)
	}
	return p.Phi
}

// rowGram is ΦΦᵀ (B, B) from Φ without the ones, which a bias adds.
func rowGram(phi *graph.Node, bias bool) *graph.Node {
	if bias {
		return graph.OnePlus(dense.Gram(dense.Slabs(phi)))
	}
	return dense.Gram(dense.Slabs(phi))
}

// featureGram is ΦΦᵀ (rowForm) or ΦᵀΦ (columnForm), the ones included.
func (n *normal) featureGram() *graph.Node {
	bias := n.point.Coupling.Bias != nil
	if n.form == rowForm {
		return rowGram(n.phi, bias)
	}
	phi := n.phi
	if bias {
		phi = dense.WithOnes(phi)
	}
	return dense.Gram(graph.Transpose(phi, 0, 1))
}

// whitenedBySize is X' or X'ᵀ, whichever has fewer rows; B wins a tie, so that the size tells the two apart.
func whitenedBySize(p *model.Point, frozen frozenNodes) *graph.Node {
	columns := p.X.Shape().Dim(1)
	if p.Coupling.Bias != nil {
		columns++
	}
	if p.X.Shape().Dim(0) <= columns {
		return whitened(p, frozen)
	}
	x := dense.TimesTransposed(frozen.upper, graph.ConvertDType(p.X, dtypes.Float64))
	if p.Coupling.Bias != nil {
		x = dense.WithRowOfOnes(x)
	}
	return x
}

// whitened is X' = [x, 1]·diag(L, 1), or xL without a bias, in Float64.
func whitened(p *model.Point, frozen frozenNodes) *graph.Node {
	x := dense.TimesTransposed(graph.ConvertDType(p.X, dtypes.Float64), frozen.upper)
	if p.Coupling.Bias != nil {
		x = dense.WithOnes(x)
	}
	return x
}
