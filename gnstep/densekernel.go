// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"

	"revgn/internal/dense"
)

// Sizes BK of the kernel Θ: up to the first AutoSolver forms it, up to the second Cholesky may.
const (
	denseKernelAuto = 1024
	denseKernelMost = 16384
)

// kernelSolver finds s with Θs = r for a residual r (B, K), and tells the iterations it took.
type kernelSolver func(r, bound *graph.Node) (s, iterations *graph.Node)

// kernelSolverFor chooses by the options and by size: a Cholesky factor of the dense kernel where it is small or asked for, else conjugate gradients.
func (o Options) kernelSolverFor(parts []kernelPart, u *graph.Node) kernelSolver {
	size := u.Shape().Size()
	if o.Solver == Cholesky && size > denseKernelMost {
		panic(fmt.Errorf("solver cholesky would form a kernel of %d logits squared: at most %d fit (use solver cg, or a smaller batch)", size, denseKernelMost))
	}
	if o.Solver == Cholesky || o.Solver == AutoSolver && size <= denseKernelAuto {
		return denseKernel(parts, u)
	}
	inverse := preconditioner(parts)
	return func(r, bound *graph.Node) (s, iterations *graph.Node) {
		found := solveKernel(parts, inverse, r, bound)
		return found.s, found.iterations
	}
}

// denseKernel forms Θ + μI, (BK, BK), in Float64 and factors it: 2(BK)²d operations a coupling and (BK)³.
func denseKernel(parts []kernelPart, u *graph.Node) kernelSolver {
	batch, classes := u.Shape().Dim(0), u.Shape().Dim(1)
	size := batch * classes
	var theta *graph.Node
	for _, p := range parts {
		delta, d := p.delta, p.delta.Shape().Dim(-1)
		if delta.Rank() == 2 {
			delta = graph.BroadcastToDims(graph.ExpandAxes(delta, 0), batch, classes, d)
		}
		rows := graph.ConvertDType(graph.Reshape(delta, size, d), dtypes.Float64)
		features := graph.BroadcastToDims(graph.Reshape(graph.ConvertDType(p.gram, dtypes.Float64), batch, 1, batch, 1), batch, classes, batch, classes)
		theta = sum(theta, graph.Mul(dense.TimesTransposed(rows, rows), graph.Reshape(features, size, size)))
	}
	mu := dense.OrOne(graph.MulScalar(graph.DivScalar(dense.Trace(theta), float64(size)), filterLevel(u.DType(), rowForm)))
	diagonal := graph.ConvertDType(graph.Diagonal(u.Graph(), size), dtypes.Float64)
	theta = graph.Add(theta, dense.Scaled(diagonal, mu))
	inverse := dense.Item(dense.CholeskyInverse(graph.ExpandAxes(theta, 0), graph.Reshape(mu, 1)), 0)
	return func(r, _ *graph.Node) (s, iterations *graph.Node) {
		flat := graph.ConvertDType(graph.Reshape(r, size, 1), dtypes.Float64)
		s = dense.SolveWith(inverse, flat)
		return graph.ConvertDType(graph.Reshape(s, batch, classes), u.DType()), graph.Const(u.Graph(), int32(1))
	}
}
