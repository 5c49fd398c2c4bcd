// SPDX-License-Identifier: Apache-2.0

package dense

import (
	"math"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
)

// The iteration for the matrix sign: turns with the polynomial that lifts small eigenvalues fastest (by signGrowth each; Jordan et al., Muon, 2024) until every
// |x| above the resolution asked for lies in [0.68, 1.14], then signPolish turns of Newton and Schulz, which double the digits.
const (
	signGrowth = 3.4445
	signPolish = 7
)

func growthTurns(resolution float64) int {
	return int(math.Ceil(-math.Log(resolution) / math.Log(signGrowth)))
}

// SignProducts is the number of products of matrices behind MatrixSign.
func SignProducts(resolution float64) int { return 3*growthTurns(resolution) + 2*signPolish }

// MatrixSign is sign(x), Float64, for g symmetric matrices x (g, n, n) with eigenvalues in [-1, 1]. Those nearer to 0 than the resolution end between. The
// growth runs in the dtype of x, which decides how small a resolution has a meaning, and the polish in Float64, so that the result is a sign to its rounding.
// Products are whole ones: computing half of each and mirroring it costs a quarter less and loses seven digits, since iterates then no longer commute.
func MatrixSign(x *graph.Node, resolution float64) *graph.Node {
	x = turns(x, growthTurns(resolution), func(g *graph.Graph, x *graph.Node) *graph.Node {
		square := Times(x, x)
		cubic := Times(square, x)
		return graph.Add(by(g, signGrowth, x), graph.Add(by(g, -4.7750, cubic), by(g, 2.0315, Times(square, cubic))))
	})
	return turns(graph.ConvertDType(x, dtypes.Float64), signPolish, func(g *graph.Graph, x *graph.Node) *graph.Node {
		return graph.Sub(by(g, 1.5, x), by(g, 0.5, Times(Times(x, x), x)))
	})
}

// turns repeats turn count times in a loop.
func turns(x *graph.Node, count int, turn func(g *graph.Graph, x *graph.Node) *graph.Node) *graph.Node {
	params := func(g *graph.Graph) (i, y *graph.Node) {
		return graph.Parameter(g, "turn", shapes.Make(dtypes.Int32)), graph.Parameter(g, "x", x.Shape())
	}
	more := graph.NewClosure(x.Graph(), func(g *graph.Graph) []*graph.Node {
		i, _ := params(g)
		return []*graph.Node{graph.LessThan(i, graph.Const(g, int32(count)))}
	})
	pass := graph.NewClosure(x.Graph(), func(g *graph.Graph) []*graph.Node {
		i, y := params(g)
		return []*graph.Node{graph.Add(i, graph.Const(g, int32(1))), turn(g, y)}
	})
	return graph.While(more, pass, graph.Const(x.Graph(), int32(0)), x)[1]
}

// by is factor·a in a loop's body.
func by(g *graph.Graph, factor float64, a *graph.Node) *graph.Node {
	return Scaled(a, graph.Const(g, shapes.CastAsDType(factor, a.DType())))
}
