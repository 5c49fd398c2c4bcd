// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"

	"revgn/internal/dense"
)

// Sizes BK of the kernel Θ: up to the first AutoSolver forms it, up to the others Cholesky and Spectral may.
const (
	denseKernelAuto    = 1024
	denseKernelMost    = 16384
	spectralKernelMost = 4096
)

// kernelSolver finds s with Θs = r for a residual r (B, K), and tells the iterations it took.
type kernelSolver func(r, bound *graph.Node) (s, iterations *graph.Node)

// kernelSolverFor chooses by the options, by size and by rank: a factor of the dense kernel where it is small or asked for, truncated where the kernel
// cannot have full rank or a cut is asked for; else conjugate gradients.
func (s *Step) kernelSolverFor(p *kernelProblem) kernelSolver {
	size := p.rhs.Shape().Size()
	chosen := s.kernelSolver(p.rhs.Shape().Dim(0), p.rhs.Shape().Dim(1))
	if most := map[Solver]int{Cholesky: denseKernelMost, Spectral: spectralKernelMost}[chosen]; chosen != CG && size > most {
		panic(fmt.Errorf("solver %s would form a kernel of %d logits squared: at most %d are allowed (use solver cg without a cut, or a smaller batch)", chosen, size, most))
	}
	switch chosen {
	case CG:
		by := p.preconditioner()
		return func(r, bound *graph.Node) (s, iterations *graph.Node) {
			found := solveKernel(p, by, r, bound)
			return found.s, found.iterations
		}
	case Spectral:
		return p.truncated(s.kernelCut(size))
	}
	return p.factored()
}

// kernelSolver is the solver for the kernel of a batch.
func (s *Step) kernelSolver(batch, classes int) Solver {
	o, size := s.opts, batch*classes
	switch {
	case o.Rtol > 0 || o.Atol > 0:
		return Spectral
	case o.Solver != AutoSolver:
		return o.Solver
	case size > denseKernelAuto:
		return CG
	case o.Damping.Value == 0 && s.parameterRank(batch) < size:
		return Spectral
	}
	return Cholesky
}

// parameterRank bounds the rank of J from above: Σ over couplings of rank Φ times d.
func (s *Step) parameterRank(batch int) int {
	c, rank := s.vars.Config, 0
	for i := range c.Couplings() {
		rank += min(batch, c.RankBound(i)) * c.Half()
	}
	return rank
}

// kernelCut is where the kernel of a size is truncated, in terms of the singular values of J.
func (s *Step) kernelCut(size int) cut {
	o := s.opts
	o.Solver = Spectral
	return *o.cutOf(s.vars.Config.DType, size, s.vars.Config.Hidden)
}

// theta is RᵀΘR with its ridge, (BK, BK) in Float64: 2(BK)²d operations a coupling.
func (p *kernelProblem) theta() *graph.Node {
	batch, classes := p.rhs.Shape().Dim(0), p.rhs.Shape().Dim(1)
	size := batch * classes
	var theta *graph.Node
	for _, part := range p.parts {
		delta, d := p.seenCotangents(part), part.delta.Shape().Dim(-1)
		if delta.Rank() == 2 {
			delta = graph.BroadcastToDims(graph.ExpandAxes(delta, 0), batch, classes, d)
		}
		rows := graph.ConvertDType(graph.Reshape(delta, size, d), dtypes.Float64)
		features := graph.BroadcastToDims(graph.Reshape(graph.ConvertDType(part.gram, dtypes.Float64), batch, 1, batch, 1), batch, classes, batch, classes)
		theta = sum(theta, graph.Mul(dense.TimesTransposed(rows, rows), graph.Reshape(features, size, size)))
	}
	return sum(theta, p.ridge.matrix())
}

// factored factors Θ + μI: (BK)³ operations.
func (p *kernelProblem) factored() kernelSolver {
	theta, size := p.theta(), p.rhs.Shape().Size()
	mu := dense.OrOne(graph.MulScalar(graph.DivScalar(dense.Trace(theta), float64(size)), filterLevel(p.rhs.DType(), rowForm)))
	return p.by(dense.Item(dense.ShiftedInverse(graph.ExpandAxes(theta, 0), graph.Reshape(mu, 1)), 0), nil)
}

// truncated is by Θ⁺ without the directions below the cut: some 70 products of (BK)³.
func (p *kernelProblem) truncated(at cut) kernelSolver {
	t := truncate(graph.ExpandAxes(p.theta(), 0), at)
	return p.by(dense.Item(t.inverse, 0), dense.Item(t.projector, 0))
}

// by solves with the inverse factor of the dense kernel, on the range of the projector where there is one.
func (p *kernelProblem) by(inverse, projector *graph.Node) kernelSolver {
	batch, classes, dtype := p.rhs.Shape().Dim(0), p.rhs.Shape().Dim(1), p.rhs.DType()
	return func(r, _ *graph.Node) (s, iterations *graph.Node) {
		flat := graph.ConvertDType(graph.Reshape(r, batch*classes, 1), dtypes.Float64)
		if projector != nil {
			flat = dense.Times(projector, flat)
		}
		s = dense.SolveWith(inverse, flat)
		return graph.ConvertDType(graph.Reshape(s, batch, classes), dtype), graph.Const(r.Graph(), int32(1))
	}
}
