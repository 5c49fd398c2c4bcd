// SPDX-License-Identifier: Apache-2.0

package dense

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
)

// The iteration for the matrix sign: signGrowth turns with the polynomial that lifts small eigenvalues fastest (by 3.44 each; Jordan et al., Muon, 2024), which
// brings every |x| from 3.44^-signGrowth up into [0.68, 1.14], then signPolish turns of Newton and Schulz, which double the digits.
const (
	signGrowth = 20
	signPolish = 7
)

// SignProducts is the number of products of matrices behind MatrixSign.
const SignProducts = 3*signGrowth + 2*signPolish

// MatrixSign is sign(x) for g symmetric matrices x (g, n, n), Float64, with eigenvalues in [-1, 1]. Those nearer to 0 than 10⁻¹⁰ end between.
func MatrixSign(x *graph.Node) *graph.Node {
	turns := func(x *graph.Node, count int, turn func(g *graph.Graph, x *graph.Node) *graph.Node) *graph.Node {
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
	by := func(g *graph.Graph, factor float64, a *graph.Node) *graph.Node {
		return Scaled(a, graph.Const(g, factor))
	}
	x = turns(x, signGrowth, func(g *graph.Graph, x *graph.Node) *graph.Node {
		square := Times(x, x)
		cubic := Times(square, x)
		return graph.Add(by(g, 3.4445, x), graph.Add(by(g, -4.7750, cubic), by(g, 2.0315, Times(square, cubic))))
	})
	return turns(x, signPolish, func(g *graph.Graph, x *graph.Node) *graph.Node {
		return graph.Sub(by(g, 1.5, x), by(g, 0.5, Times(Times(x, x), x)))
	})
}
