// SPDX-License-Identifier: Apache-2.0

package model_test

import (
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/mat"

	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/oracle"
	"revgn/internal/problem"
	"revgn/model"
)

// The maps of docs/mathematics.md, section 1, agree with the dense ones of the oracle, on every problem.
func TestMapsAgainstOracle(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		problem.Each(t, b, problem.Light, func(t *testing.T, c *problem.Case) { newMaps(t, b, c).check(t) })
	})
}

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
	note("squared norm", s.SquaredNorm())
	note("combination", s.Plus(tangent.Scaled(2)).Minus(stream).Join())
}

// noteAutodiff notes the gradient of the mean loss twice: by GoMLX, and by the adjoint of the residual.
func (m *maps) noteAutodiff(net *model.Network, trace *model.Trace, x, labels *graph.Node, note func(string, *graph.Node)) {
	wrt := []*graph.Node{x}
	for _, c := range net.Couplings() {
		wrt = append(wrt, c.W)
		if c.Bias != nil {
			wrt = append(wrt, c.Bias)
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

func (m *maps) check(t *testing.T) {
	c, net := m.c, m.c.Net
	dtype := c.Config.DType
	same := func(name string, op problem.Operation, want *mat.Dense) {
		t.Helper()
		problem.Check(t, name, op, dtype, m.got[name], want)
	}
	stream, logits := net.Forward(c.X)
	same("stream", problem.Products, stream)
	same("logits", problem.Products, logits)
	same("inverse", problem.Inverses, net.Inverse(m.stream))
	same("there and back", problem.Inverses, c.X)

	inputTangent, _ := net.TangentInput(c.X, m.s)
	weightTangent, onLogits := net.Tangent(c.X, m.direction)
	var whole mat.Dense
	whole.Add(inputTangent, weightTangent)
	same("input tangent", problem.Products, inputTangent)
	same("weight tangent", problem.Products, weightTangent)
	same("whole tangent", problem.Products, &whole)
	same("readout of tangent", problem.Products, onLogits)
	back, err := net.TangentInverse(stream, m.tangent)
	if err != nil {
		t.Fatal(err)
	}
	same("inverse tangent", problem.Inverses, back)
	same("inverse tangent of product", problem.Products, m.got["inverse tangent of the product made"])

	lifted := net.Lift(m.g)
	same("input adjoint", problem.Products, net.AdjointInput(c.X, lifted))
	m.checkAll(t, "adjoint", problem.Products, m.stacked("adjoint"), net.Adjoint(c.X, lifted))
	problem.Check(t, "adjoint against autodiff by x", problem.Gradients, dtype, m.got["gradient x"], m.got["autodiff x"])
	m.checkAll(t, "adjoint against autodiff", problem.Gradients, m.stacked("gradient"), m.stacked("autodiff"))
	m.checkAdjointness(t)
	m.checkStream(t)
}

// checkAll compares one matrix a coupling, with the norms of all couplings together.
func (m *maps) checkAll(t *testing.T, what string, op problem.Operation, got, want []*mat.Dense) {
	t.Helper()
	problem.Check(t, what, op, m.c.Config.DType, joined(got), joined(want))
}

func joined(all []*mat.Dense) *mat.Dense {
	var flat []float64
	for _, a := range all {
		flat = append(flat, oracle.Vec(a)...)
	}
	return mat.NewDense(1, len(flat), flat)
}

// checkAdjointness is <Jv, g> = <v, Jᵀg>.
func (m *maps) checkAdjointness(t *testing.T) {
	t.Helper()
	left := dot(m.got["readout of tangent"], m.g)
	right := dot(joined(m.direction), joined(m.stacked("adjoint")))
	scale := mat.Norm(m.got["readout of tangent"], 2) * mat.Norm(m.g, 2)
	problem.CheckNumber(t, "<Jv, g>/‖Jv‖‖g‖ against <v, Jᵀg>", problem.Products, m.c.Config.DType, left/scale, right/scale)
}

// checkStream is the arithmetic of streams.
func (m *maps) checkStream(t *testing.T) {
	t.Helper()
	problem.CheckNumber(t, "squared norm", problem.Products, m.c.Config.DType, m.got["squared norm"].At(0, 0), dot(m.s, m.s))
	var want mat.Dense
	want.Scale(2, m.tangent)
	want.Add(&want, m.s)
	want.Sub(&want, m.stream)
	problem.Check(t, "s + 2t - y", problem.Products, m.c.Config.DType, m.got["combination"], &want)
}

func dot(a, b *mat.Dense) float64 {
	var product mat.Dense
	product.MulElem(a, b)
	return mat.Sum(&product)
}

// A mistake of shape is reported while the graph is built, as an error once it passes the boundary.
func TestShapesThatDoNotFit(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		c := problem.Named("paper").In(t, dtypes.Float32)
		exec := gomlx.MustNewExec(b.Backend, c.Vars.Store, func(_ *gomlx.Scope, x *graph.Node) *graph.Node {
			return c.Vars.Network(x.Graph()).At(x).Logits
		})
		defer exec.Finalize()
		err := backend.Catch(func() { exec.MustCall(tensors.FromShape(c.Vars.Trained()[0].Variable.Shape())) })
		if err == nil {
			t.Errorf("a batch of %v for a network of width %d: no error", c.Vars.Trained()[0].Variable.Shape(), c.Width)
		}
	})
}
