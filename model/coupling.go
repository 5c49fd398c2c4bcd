// SPDX-License-Identifier: Apache-2.0

package model

import (
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"

	"revgn/internal/dense"
)

// Coupling holds the weights of one coupling as nodes of a graph.
type Coupling struct {
	Name string
	Act  Activation
	C    *graph.Node // (d, h), frozen
	W    *graph.Node // (h, d)
	Bias *graph.Node // (d), or nil

	// Product is CW (d, d) where the caller has it already: all that an identity coupling needs of C and W. Nil leaves it to At. Apart makes At do without it, which
	// costs less for batches far smaller than d; TangentNodes is then not to be asked for.
	Product *graph.Node
	Apart   bool
}

// Delta is a change, or a gradient, of what a coupling trains: Z = [W; b].
type Delta struct {
	W    *graph.Node // (h, d)
	Bias *graph.Node // (d), or nil where the coupling has none
}

// Point is a coupling evaluated on a batch. It keeps what tangents and adjoints at the same batch need, so that each is computed once.
type Point struct {
	Coupling *Coupling
	X        *graph.Node // (B, d)
	Out      *graph.Node // (B, d): F(X)
	Phi      *graph.Node // (B, h): σ(XC), without the column of ones; nil for an identity coupling
	slope    slope       // σ'(XC), (B, h)
	product  *graph.Node // (d, d): CW, all that an identity coupling needs; nil for the others
}

// At evaluates the coupling on x (B, d): F(x) = Φ(x) Z (docs/mathematics.md, section 1). An identity coupling is x(CW): 2dh(d) + 2Bd² operations instead of 4Bdh.
func (c *Coupling) At(x *graph.Node) *Point {
	batch, d := x.Shape().Dim(0), x.Shape().Dim(1)
	p := &Point{Coupling: c, X: x}
	var out *graph.Node
	if c.Act == Identity && !c.Apart {
		if p.product = c.Product; p.product == nil {
			p.product = graph.MatMul(c.C, c.W)
		}
		out = graph.MatMul(x, p.product)
	} else {
		pre := graph.MatMul(x, c.C)
		p.Phi = c.Act.apply(pre)
		p.slope = c.Act.slopeAt(pre, p.Phi)
		out = dense.WideTimes(dense.Slabs(p.Phi), c.W)
	}
	if c.Bias != nil {
		out = graph.Add(out, graph.ExpandLeftToRank(c.Bias, 2))
	}
	out.AssertDims(batch, d)
	p.Out = out
	return p
}

// Tangent is DF(x)[a] = (σ'(xC) ∘ (aC)) W for a (B, d).
func (p *Point) Tangent(a *graph.Node) *graph.Node {
	if p.product != nil {
		return graph.MatMul(a, p.product)
	}
	return p.expanded(graph.MatMul(a, p.Coupling.C))
}

// TangentOfProduct is DF(x)[s V] for s (B, k) and V (k, d). With k far below d the product with C costs next to nothing: s(VC).
func (p *Point) TangentOfProduct(s, v *graph.Node) *graph.Node {
	if p.product != nil {
		return graph.MatMul(graph.MatMul(s, v), p.product)
	}
	return p.expanded(graph.MatMul(s, graph.MatMul(v, p.Coupling.C)))
}

func (p *Point) expanded(ac *graph.Node) *graph.Node {
	out := dense.WideTimes(dense.Slabs(p.slope.times(ac)), p.Coupling.W)
	out.AssertDims(ac.Shape().Dim(0), p.Coupling.C.Shape().Dim(0))
	return out
}

// TangentBound is no less than ‖DF(x)[a]‖, a scalar, from normC >= ‖C‖₂ and without a product with C or W: ‖(σ' ∘ aC)W‖ <= max|σ'| ‖a‖ ‖C‖₂ ‖W‖.
func (p *Point) TangentBound(a, normC *graph.Node) *graph.Node {
	squares := graph.Mul(graph.ReduceAllSum(graph.Square(a)), graph.ReduceAllSum(graph.Square(p.Coupling.W)))
	return graph.MulScalar(graph.Mul(normC, graph.Sqrt(squares)), p.Coupling.Act.steepest())
}

// TangentNodes lists what Tangent reads, for the state of a loop, whose body sees nothing of the graph around it.
func (p *Point) TangentNodes() []*graph.Node {
	switch {
	case p.product != nil:
		return []*graph.Node{p.product}
	case p.slope.mask != nil:
		return []*graph.Node{p.Coupling.C, p.Coupling.W, p.slope.mask}
	}
	return []*graph.Node{p.Coupling.C, p.Coupling.W, p.slope.factor}
}

// TangentOf is the point as far as Tangent reads it, of other nodes in the order of TangentNodes.
func (p *Point) TangentOf(nodes []*graph.Node) *Point {
	if p.product != nil {
		return &Point{product: nodes[0]}
	}
	to := &Point{Coupling: &Coupling{C: nodes[0], W: nodes[1]}, slope: slope{factor: nodes[2]}}
	if p.slope.mask != nil {
		to.slope = slope{mask: nodes[2]}
	}
	return to
}

// Adjoint is DF(x)ᵀg = ((g Wᵀ) ∘ σ'(xC)) Cᵀ for g (B, d).
func (p *Point) Adjoint(g *graph.Node) *graph.Node {
	if p.product != nil {
		return timesTransposed(g, p.product)
	}
	return timesTransposed(p.slope.times(timesTransposed(g, p.Coupling.W)), p.Coupling.C)
}

// AdjointOfRow is Adjoint of the cotangent that is the same row g (d) for every sample: half of its operations, since g Wᵀ is one row too.
func (p *Point) AdjointOfRow(g *graph.Node) *graph.Node {
	batch, row := p.X.Shape().Dim(0), graph.ExpandAxes(g, 0)
	if p.product != nil {
		return graph.BroadcastToDims(timesTransposed(row, p.product), batch, g.Shape().Dim(0))
	}
	expanded := timesTransposed(row, p.Coupling.W)
	return timesTransposed(p.slope.times(graph.BroadcastToDims(expanded, batch, expanded.Shape().Dim(1))), p.Coupling.C)
}

// Adjoints is Adjoint of n cotangents g (n, B, d), (n, B, d): the rows of all go through each product together.
func (p *Point) Adjoints(g *graph.Node) *graph.Node {
	n, batch, d := g.Shape().Dim(0), g.Shape().Dim(1), g.Shape().Dim(2)
	rows := graph.Reshape(g, n*batch, d)
	if p.product != nil {
		return graph.Reshape(timesTransposed(rows, p.product), n, batch, d)
	}
	return p.contracted(graph.Reshape(timesTransposed(rows, p.Coupling.W), n, batch, p.hidden()))
}

// AdjointsOfRows is AdjointOfRow of n cotangents g (n, d), (n, B, d).
func (p *Point) AdjointsOfRows(g *graph.Node) *graph.Node {
	n, batch := g.Shape().Dim(0), p.X.Shape().Dim(0)
	if p.product != nil {
		return graph.ExpandAndBroadcast(timesTransposed(g, p.product), []int{n, batch, g.Shape().Dim(1)}, []int{1})
	}
	return p.contracted(graph.ExpandAndBroadcast(timesTransposed(g, p.Coupling.W), []int{n, batch, p.hidden()}, []int{1}))
}

// contracted is (a ∘ σ'(xC)) Cᵀ for a (n, B, h).
func (p *Point) contracted(a *graph.Node) *graph.Node {
	n, batch, d := a.Shape().Dim(0), a.Shape().Dim(1), p.X.Shape().Dim(1)
	sloped := graph.Reshape(p.slope.among(n).times(a), n*batch, p.hidden())
	return graph.Reshape(timesTransposed(sloped, p.Coupling.C), n, batch, d)
}

func (p *Point) hidden() int { return p.Coupling.C.Shape().Dim(1) }

// WeightTangent is Φ ΔZ, (B, d): how the output moves with the coupling's own weights.
func (p *Point) WeightTangent(delta Delta) *graph.Node {
	var out *graph.Node
	if p.product != nil {
		out = graph.MatMul(p.X, graph.MatMul(p.Coupling.C, delta.W))
	} else {
		out = dense.WideTimes(dense.Slabs(p.Phi), delta.W)
	}
	if p.Coupling.Bias != nil {
		out = graph.Add(out, graph.ExpandLeftToRank(delta.Bias, 2))
	}
	return out
}

// WeightAdjoint is Φᵀ g as a Delta, for g (B, d).
func (p *Point) WeightAdjoint(g *graph.Node) Delta {
	var delta Delta
	if p.product != nil {
		delta.W = transposedTimes(p.Coupling.C, transposedTimes(p.X, g))
	} else {
		delta.W = dense.TallTimes(dense.Slabs(p.Phi), g)
	}
	if p.Coupling.Bias != nil {
		// A product rather than a reduction, which XLA's binding allows in one function of a graph only, so that this can stand in a branch.
		ones := graph.BroadcastToDims(graph.Const(g.Graph(), shapes.CastAsDType(1.0, g.DType())), g.Shape().Dim(0))
		delta.Bias = graph.Dot(ones, g).General([]int{0}, nil, []int{0}, nil)
	}
	return delta
}

// timesTransposed is a bᵀ without a transposed copy of b.
func timesTransposed(a, b *graph.Node) *graph.Node {
	return graph.Dot(a, b).General([]int{1}, nil, []int{1}, nil)
}

// transposedTimes is aᵀ b without a transposed copy of a.
func transposedTimes(a, b *graph.Node) *graph.Node {
	return graph.Dot(a, b).General([]int{0}, nil, []int{0}, nil)
}
