// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"

	"revgn/internal/dense"
	"revgn/model"
)

// ridge is what damping adds to the kernel: diag + along·alongᵀ a sample, (B, K) each, along absent for none.
type ridge struct{ diag, along *graph.Node }

// add is image + ridge·t, in operations that a loop's body may hold.
func (r ridge) add(image, t *graph.Node) *graph.Node {
	if r.diag == nil {
		return image
	}
	image = graph.Add(image, graph.Mul(r.diag, t))
	if r.along == nil {
		return image
	}
	return graph.Add(image, graph.Mul(r.along, rowDots(r.along, t)))
}

// matrix is the ridge as a (BK, BK) matrix in Float64, nil where there is none.
func (r ridge) matrix() *graph.Node {
	if r.diag == nil {
		return nil
	}
	batch, classes := r.diag.Shape().Dim(0), r.diag.Shape().Dim(1)
	size := batch * classes
	flat := func(a *graph.Node) *graph.Node { return graph.Reshape(graph.ConvertDType(a, dtypes.Float64), size, 1) }
	diagonal := graph.ConvertDType(graph.Diagonal(r.diag.Graph(), size), dtypes.Float64)
	matrix := graph.Mul(diagonal, flat(r.diag))
	if r.along == nil {
		return matrix
	}
	sample := graph.ConvertDType(graph.Diagonal(r.diag.Graph(), batch), dtypes.Float64)
	sameSample := graph.Reshape(graph.BroadcastToDims(graph.Reshape(sample, batch, 1, batch, 1), batch, classes, batch, classes), size, size)
	return graph.Add(matrix, graph.Mul(sameSample, dense.TimesTransposed(flat(r.along), flat(r.along))))
}

// diagonal is the ridge's diagonal, (B, K).
func (r ridge) diagonal() *graph.Node {
	if r.along == nil {
		return r.diag
	}
	return graph.Add(r.diag, graph.Square(r.along))
}

// ridgeFor is level·H⁻¹ for the curvature that a step inverts, and level·I for the exact curvature of cross-entropy, whose root is part of the problem.
func (s *Step) ridgeFor(trace *model.Trace, level *graph.Node) ridge {
	plain := graph.Mul(graph.OnesLike(trace.Logits), level)
	switch {
	case s.opts.Curvature != DampedCurvature:
		return ridge{diag: plain}
	case s.opts.Loss == model.SquaredError: // H + λI = (1+λ)I
		return ridge{diag: graph.DivScalar(plain, 1+s.opts.Lambda)}
	}
	direct, along := dampedInverse(graph.Softmax(trace.Logits, 1), s.opts.Lambda)
	return ridge{diag: graph.Mul(level, direct), along: graph.Mul(graph.Sqrt(level), along)}
}

// lambda is the damping as it stands, a scalar.
func (s *Step) lambda(g *graph.Graph) *graph.Node {
	if s.memory.lambda != nil {
		return s.memory.lambda.NodeValue(g)
	}
	return graph.Scalar(g, s.vars.Config.DType, s.opts.Damping.Value)
}
