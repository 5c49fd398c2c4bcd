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
	same("logits elsewhere", problem.Products, m.elsewhere(net))
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
	same("lift", problem.Products, lifted)
	same("lift by its matrix", problem.Products, lifted)
	same("input adjoint", problem.Products, net.AdjointInput(c.X, lifted))
	m.checkAll(t, "adjoint", problem.Products, m.stacked("adjoint"), net.Adjoint(c.X, lifted))
	for i := range c.Config.Couplings() {
		name := " " + model.CouplingName(i)
		problem.Check(t, "stacked adjoints"+name, problem.Products, dtype, m.got["stacked adjoints"+name], m.got["adjoints"+name])
		problem.Check(t, "stacked adjoints of rows"+name, problem.Products, dtype, m.got["stacked adjoints of rows"+name], m.got["adjoints of rows"+name])
	}
	problem.Check(t, "adjoint against autodiff by x", problem.Gradients, dtype, m.got["gradient x"], m.got["autodiff x"])
	m.checkAll(t, "adjoint against autodiff", problem.Gradients, m.stacked("gradient"), m.stacked("autodiff"))
	m.checkAdjointness(t)
	m.checkStream(t)
}

// elsewhere is the logits where the weights are what the deltas are.
func (m *maps) elsewhere(net *oracle.Net) *mat.Dense {
	var back []*mat.Dense
	for c, z := range m.direction {
		var way mat.Dense
		way.Sub(net.Z(c), z)
		back = append(back, &way)
	}
	_, logits := net.Apply(back, 1).Forward(m.c.X)
	return logits
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
