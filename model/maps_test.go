// SPDX-License-Identifier: Apache-2.0

package model_test

import (
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/mat"

	"revgn/internal/backend"
	"revgn/internal/problem"
	"revgn/model"
)

// maps is what one graph computes of a case, beside the arguments that it was given.
type maps struct {
	c                           *problem.Case
	s, tangent, stream, g, seed *mat.Dense // input tangent, output tangent, an output stream, cotangents of the logits
	direction                   []*mat.Dense
	got                         map[string]*mat.Dense
}

func newMaps(t *testing.T, b *backend.Backend, c *problem.Case) *maps {
	m := &maps{c: c, got: map[string]*mat.Dense{}}
	m.s, m.tangent, m.stream = c.Gaussian(1, c.Rows, c.Width), c.Gaussian(2, c.Rows, c.Width), c.Gaussian(3, c.Rows, c.Width)
	m.g, m.seed = c.Gaussian(4, c.Rows, c.Classes), c.Gaussian(5, c.Rows, 2)
	for i := range c.Config.Couplings() {
		m.direction = append(m.direction, c.Gaussian(uint64(10+i), c.Config.FeatureCount(), c.Config.Half()))
	}
	x, y := c.Batch()
	args := []any{x, y}
	for _, a := range []*mat.Dense{m.s, m.tangent, m.stream, m.g, m.seed} {
		args = append(args, problem.Matrix(c.Config.DType, a))
	}
	for _, z := range m.direction {
		args = append(args, problem.Matrix(c.Config.DType, z))
	}
	var names []string
	exec, err := gomlx.NewExec(b.Backend, c.Vars.Store, func(_ *gomlx.Scope, in []*graph.Node) []*graph.Node {
		var nodes []*graph.Node
		names = nil
		m.build(in, func(name string, node *graph.Node) { names, nodes = append(names, name), append(nodes, node) })
		return nodes
	})
	if err != nil {
		t.Fatal(err)
	}
	defer exec.Finalize()
	out, err := exec.Call(args...)
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range names {
		m.got[name] = problem.Dense(t, out[i])
	}
	return m
}

// build computes every map of the package that takes a batch, each under a name.
func (m *maps) build(in []*graph.Node, note func(string, *graph.Node)) {
	x, labels, s, tangent, stream, g, seed := in[0], in[1], model.Split(in[2]), model.Split(in[3]), model.Split(in[4]), in[5], in[6]
	var deltas []model.Delta
	for _, z := range in[7:] {
		deltas = append(deltas, m.unstack(z))
	}
	net := m.c.Vars.Network(x.Graph())
	trace := net.At(x)
	note("stream", trace.Out.Join())
	note("logits", trace.Logits)
	note("inverse", net.Inverse(stream))
	note("there and back", net.Inverse(trace.Out))
	note("input tangent", trace.Tangent(&s, nil).Join())
	note("weight tangent", trace.Tangent(nil, deltas).Join())
	note("whole tangent", trace.Tangent(&s, deltas).Join())
	note("readout of tangent", net.Readout(trace.Tangent(nil, deltas)))
	note("logits elsewhere", net.With(deltas).At(x).Logits)
	note("lift", net.Lift(g).Join())
	note("lift by its matrix", graph.MatMul(g, net.LiftMatrix()))
	back := tangent
	for l := len(trace.Blocks) - 1; l >= 0; l-- {
		back = trace.Blocks[l].InverseTangent(back)
	}
	note("inverse tangent", back.Join())
	v := graph.Slice(in[3], graph.AxisRange(0, 2))
	top := trace.Blocks[len(trace.Blocks)-1]
	note("inverse tangent of product", top.InverseTangentOfProduct(seed, v).Join())
	note("inverse tangent of the product made", top.InverseTangent(model.Split(graph.MatMul(seed, v))).Join())
	gx, adjoint := trace.Adjoint(g)
	note("input adjoint", gx.Join())
	m.noteDeltas("adjoint", adjoint, note)
	m.noteAutodiff(net, trace, x, labels, note)
	m.noteStacked(trace, s, tangent, note)
	note("squared norm", s.SquaredNorm())
	note("combination", s.Plus(tangent.Scaled(2)).Minus(stream).Join())
}

// noteStacked notes, for each coupling, the adjoints of two cotangents at once and one by one, of whole ones and of rows.
func (m *maps) noteStacked(trace *model.Trace, s, tangent model.Stream, note func(string, *graph.Node)) {
	joined := func(a, b *graph.Node) *graph.Node { return graph.Concatenate([]*graph.Node{a, b}, 0) }
	row := func(a *graph.Node) *graph.Node { return graph.Slice(a, graph.AxisRange(0, 1)) }
	flat := func(a *graph.Node) *graph.Node { return graph.Reshape(a, a.Shape().Dim(1)) }
	for i, p := range trace.Points() {
		name := " " + model.CouplingName(i)
		note("stacked adjoints"+name, p.Adjoints(graph.Stack([]*graph.Node{s.A, tangent.B}, 0)))
		note("adjoints"+name, joined(p.Adjoint(s.A), p.Adjoint(tangent.B)))
		note("stacked adjoints of rows"+name, p.AdjointsOfRows(joined(row(s.A), row(tangent.B))))
		note("adjoints of rows"+name, joined(p.AdjointOfRow(flat(row(s.A))), p.AdjointOfRow(flat(row(tangent.B)))))
	}
}

// noteAutodiff notes the gradient of the mean loss twice: by GoMLX, and by the adjoint of the residual.
func (m *maps) noteAutodiff(net *model.Network, trace *model.Trace, x, labels *graph.Node, note func(string, *graph.Node)) {
	wrt := []*graph.Node{x}
	for _, z := range net.Weights() {
		wrt = append(wrt, z.W)
		if z.Bias != nil {
			wrt = append(wrt, z.Bias)
		}
	}
	gradients := graph.Gradient(m.c.Loss.Mean(trace.Logits, labels), wrt...)
	note("autodiff x", gradients[0])
	rest := gradients[1:]
	var byGoMLX []model.Delta
	for range net.Couplings() {
		d := model.Delta{W: rest[0]}
		if rest = rest[1:]; m.c.Bias {
			d.Bias, rest = rest[0], rest[1:]
		}
		byGoMLX = append(byGoMLX, d)
	}
	m.noteDeltas("autodiff", byGoMLX, note)
	gx, deltas := trace.Adjoint(graph.DivScalar(m.c.Loss.Residual(trace.Logits, labels), float64(m.c.Rows)))
	note("gradient x", gx.Join())
	m.noteDeltas("gradient", deltas, note)
}

func (m *maps) noteDeltas(name string, deltas []model.Delta, note func(string, *graph.Node)) {
	for i, d := range deltas {
		note(name+" W "+model.CouplingName(i), d.W)
		if d.Bias != nil {
			note(name+" b "+model.CouplingName(i), d.Bias)
		}
	}
}

// unstack cuts Z (h+1, d) into a Delta.
func (m *maps) unstack(z *graph.Node) model.Delta {
	if !m.c.Bias {
		return model.Delta{W: z}
	}
	h := m.c.Hidden
	return model.Delta{W: graph.Slice(z, graph.AxisRange(0, h)), Bias: graph.Reshape(graph.Slice(z, graph.AxisRange(h)), m.c.Config.Half())}
}

// stacked collects what noteDeltas noted.
func (m *maps) stacked(name string) []*mat.Dense {
	var all []*mat.Dense
	for i := range m.c.Config.Couplings() {
		all = append(all, problem.Stacked(m.got[name+" W "+model.CouplingName(i)], m.got[name+" b "+model.CouplingName(i)]))
	}
	return all
}
