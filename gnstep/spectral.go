// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"fmt"
	"math"
	"strings"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"

	"revgn/internal/dense"
)

// Solver is the way in which the split solves Φ A = T, and the minimum norm Θs = u.
type Solver string

const (
	// AutoSolver is Spectral where a cut is asked for (Rtol, Atol), else Cholesky; for the minimum norm CG above 1,024 logits, below them Cholesky, or Spectral where
	// there are fewer parameters than logits.
	AutoSolver Solver = "auto"
	// Cholesky factors Gm + μI and refines on the true residual: exact where Φ has full row rank, and the fastest. For the minimum norm it forms and factors Θ.
	Cholesky Solver = "cholesky"
	// Spectral is the truncated pseudo-inverse: singular values of Φ below max(Rtol·σmax, Atol, ε·max(B, h)·σmax) are dropped and no other is touched. An
	// approximation wherever it drops something that the target needs; the certificate says how much. It finds the projector on what is kept by some 60 products
	// of matrices (dense.MatrixSign), without leaving the graph.
	Spectral Solver = "spectral"
)

// CG is the minimum norm's alone: conjugate gradients on Θ, which is never formed.
const CG Solver = "cg"

// Solvers lists the solvers there are.
func Solvers() []Solver { return []Solver{AutoSolver, Cholesky, Spectral, CG} }

// validate returns an error if the solver is none, or does not suit the inverse or the cut.
func (s Solver) validate(inverse Inverse, rtol, atol float64) error {
	for name, cut := range map[string]float64{"rtol": rtol, "atol": atol} {
		if !(cut >= 0) || math.IsInf(cut, 0) {
			return fmt.Errorf("%s %g: must be finite and not negative", name, cut)
		}
	}
	switch {
	case rtol >= 1:
		return fmt.Errorf("rtol %g: must be below 1, which drops everything", rtol)
	case s == Cholesky && (rtol > 0 || atol > 0):
		return fmt.Errorf("solver cholesky cannot cut at rtol %g, atol %g: use solver spectral", rtol, atol)
	case s == CG && inverse == Split:
		return fmt.Errorf("solver cg solves for the whole kernel: use it with inverse %s or %s", MinNorm, Mix)
	case s == CG && (rtol > 0 || atol > 0):
		return fmt.Errorf("solver cg cannot cut at rtol %g, atol %g: use solver spectral", rtol, atol)
	case s == AutoSolver || s == Cholesky || s == Spectral || s == CG:
		return nil
	}
	names := make([]string, 0, len(Solvers()))
	for _, known := range Solvers() {
		names = append(names, string(known))
	}
	return fmt.Errorf("unknown solver %q (allowed: %s)", string(s), strings.Join(names, ", "))
}

// checkCutWithDamping refuses two regularisations of one system.
func (o Options) checkCutWithDamping() error {
	if o.Damping.Value > 0 && (o.Solver == Spectral || o.Rtol > 0 || o.Atol > 0) {
		return fmt.Errorf("damping %g together with a cut (solver %s, rtol %g, atol %g): use one of the two", o.Damping.Value, o.Solver, o.Rtol, o.Atol)
	}
	return nil
}

// cut is where Spectral truncates.
type cut struct{ relative, absolute float64 }

// cutOf is the cut of the options, nil for a solver that has none.
func (o Options) cutOf(dtype dtypes.DType, batch, hidden int) *cut {
	if o.Solver == Cholesky || o.Solver != Spectral && o.Rtol == 0 && o.Atol == 0 {
		return nil
	}
	return &cut{relative: max(o.Rtol, epsilon(dtype)*float64(max(batch, hidden))), absolute: o.Atol}
}

// resolution is how near to the cut, relative to the largest eigenvalue of Gm, one may lie before it is kept in part (dense.MatrixSign): a thousandth of the
// cut itself. Where a Float32 network's cut lies well above the rounding of its Gram matrices, the search for it runs in Float32 too.
func (c cut) resolution(dtype dtypes.DType) (resolution float64, in dtypes.DType) {
	square := c.relative * c.relative
	if dtype == dtypes.Float32 && c.absolute == 0 && square >= 1e-5 {
		return 1e-3 * square, dtypes.Float32
	}
	return 1e-10, dtypes.Float64
}

const (
	spectralSteps = 40  // of power iteration: the cut is relative to σmax
	headroom      = 1.1 // power iteration finds σmax from below
)

// truncated is a group of systems m (g, n, n) with everything below the cut left out.
type truncated struct {
	projector *graph.Node // (g, n, n) on what is kept
	inverse   *graph.Node // L⁻¹ (g, n, n) of PmP + σmax²(I - P)
	spectra   []spectrum
}

// truncate finds the projectors by sign(m - τ²I) = 2P - I.
func truncate(m *graph.Node, c cut) truncated {
	dtype := m.DType()
	m = graph.ConvertDType(m, dtypes.Float64)
	g, n := m.Shape().Dim(0), m.Shape().Dim(1)
	top := startVectors(m.Graph(), m.Shape())
	for range spectralSteps {
		top = unit(dense.Times(m, top))
	}
	largest := graph.Reshape(rayleigh(top, dense.Times(m, top)), g, 1, 1)
	threshold := graph.MaxScalar(graph.MulScalar(largest, c.relative*c.relative), c.absolute*c.absolute)
	identity := graph.ExpandAxes(graph.ConvertDType(graph.Diagonal(m.Graph(), n), dtypes.Float64), 0)
	shifted := graph.Div(graph.Sub(m, graph.Mul(identity, threshold)), graph.MulScalar(largest, headroom))
	resolution, in := c.resolution(dtype)
	projector := graph.MulScalar(graph.Add(dense.MatrixSign(graph.ConvertDType(shifted, in), resolution), identity), 0.5)
	// PMP rather than MP: it is inverted on the range of P, whatever rounding did to P.
	kept := graph.Add(dense.Times(projector, dense.Times(m, projector)), graph.Mul(largest, graph.Sub(identity, projector)))
	kept = graph.MulScalar(graph.Add(kept, graph.TransposeAllAxes(kept, 0, 2, 1)), 0.5)
	inverse := dense.CholeskyInverse(kept, graph.Reshape(graph.MulScalar(threshold, 0.5), g))
	t := truncated{projector: graph.ConvertDType(projector, dtype), inverse: graph.ConvertDType(inverse, dtype)}
	t.spectra = keptSpectra(projector, inverse, graph.Reshape(largest, g))
	return t
}

// keptSpectra are the spectra of what is kept: the rank is the trace of the projector, σmin comes from inverse iteration within its range.
func keptSpectra(projector, inverse, largest *graph.Node) []spectrum {
	g := projector.Shape().Dim(0)
	bottom := dense.Times(projector, startVectors(projector.Graph(), projector.Shape()))
	for range spectralSteps {
		bottom = unit(dense.SolveWith(inverse, bottom))
	}
	smallest := graph.Reciprocal(rayleigh(bottom, dense.SolveWith(inverse, bottom)))
	out := make([]spectrum, g)
	for i := range out {
		out[i] = spectrum{rank: dense.Trace(dense.Item(projector, i)), sigmaMax: graph.Sqrt(dense.Item(largest, i)), sigmaMin: graph.Sqrt(dense.Item(smallest, i))}
	}
	return out
}
