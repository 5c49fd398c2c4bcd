// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/mat"

	"revgn/model"
)

// modelGraph is one compiled graph with everything that package model offers, at the weights that the store holds when it is called.
type modelGraph struct {
	exec  *gomlx.Exec
	names []string // of the results, in order; filled while the graph is built
	fixed []any    // every argument
}

// newModelGraph prepares the graph; it is compiled at the first call.
func newModelGraph(b compute.Backend, n *network, d directions) (*modelGraph, error) {
	m := &modelGraph{fixed: []any{matrixTensor(n.dtype, n.x), n.labels()}}
	for _, t := range d.tensors(n) {
		m.fixed = append(m.fixed, t)
	}
	exec, err := gomlx.NewExec(b, n.vars.Store, func(_ *gomlx.Scope, in []*graph.Node) []*graph.Node {
		r := &results{}
		buildModel(r, n, in[0], in[1], readDirections(in[2:], n.net.Bias))
		m.names = r.names
		return r.nodes
	})
	m.exec = exec
	return m, err
}

// call runs the graph and returns its results by name.
func (m *modelGraph) call() (map[string]*mat.Dense, error) {
	out, err := m.exec.Call(m.fixed...)
	if err != nil {
		return nil, err
	}
	if len(out) != len(m.names) {
		return nil, fmt.Errorf("the model's graph returned %d results, %d were expected", len(out), len(m.names))
	}
	values := map[string]*mat.Dense{}
	for i, t := range out {
		if values[m.names[i]], err = fetchDense(t); err != nil {
			return nil, err
		}
	}
	return values, nil
}

func fetchDense(t *tensors.Tensor) (*mat.Dense, error) {
	a, err := fetch(t)
	if err != nil {
		return nil, err
	}
	return a.dense(), nil
}

// results are named outputs of a graph.
type results struct {
	names []string
	nodes []*graph.Node
}

func (r *results) add(name string, node *graph.Node) {
	r.names, r.nodes = append(r.names, name), append(r.nodes, node)
}

// addDeltas adds [W; b] of every coupling as name.block0.f.W, name.block0.f.b, …
func (r *results) addDeltas(name string, deltas []model.Delta) {
	for i, delta := range deltas {
		r.add(name+"."+model.CouplingName(i)+".W", delta.W)
		if delta.Bias != nil {
			r.add(name+"."+model.CouplingName(i)+".b", delta.Bias)
		}
	}
}

// deltas reads what addDeltas added.
func deltas(values map[string]*mat.Dense, name string, couplings int) []*mat.Dense {
	out := make([]*mat.Dense, couplings)
	for i := range out {
		at := name + "." + model.CouplingName(i)
		out[i] = stacked(values[at+".W"], values[at+".b"])
	}
	return out
}

func buildModel(r *results, n *network, x, labels *graph.Node, d directionNodes) {
	net := n.vars.Network(x.Graph())
	trace := net.At(x)
	r.add("stream", trace.Out.Join())
	r.add("logits", trace.Logits)
	for i, p := range trace.Points() {
		if p.Phi != nil {
			r.add("phi."+model.CouplingName(i), p.Phi)
		}
	}
	r.add("recovered", net.Inverse(trace.Out))
	buildLoss(r, n, trace, labels)
	buildTangents(r, trace, d)
	gx, grads := trace.Adjoint(d.logits)
	r.add("adjoint", gx.Join())
	r.addDeltas("adjoint", grads)
	for i, c := range net.Couplings() {
		name := model.CouplingName(i)
		r.add("weight."+name+".C", graph.Identity(c.C))
		r.add("weight."+name+".W", graph.Identity(c.W))
		if c.Bias != nil {
			r.add("weight."+name+".b", graph.Identity(c.Bias))
		}
	}
	r.add("weight."+model.ReadoutName, graph.Identity(net.U))
}

// buildLoss adds the loss, ε, and the gradient of the mean loss twice: by the adjoint and by GoMLX's automatic differentiation.
func buildLoss(r *results, n *network, trace *model.Trace, labels *graph.Node) {
	loss := n.problem.Loss
	mean := loss.Mean(trace.Logits, labels)
	residual := loss.Residual(trace.Logits, labels)
	r.add("loss", mean)
	r.add("residual", residual)
	_, byAdjoint := trace.Adjoint(graph.DivScalar(residual, float64(n.problem.Batch)))
	r.addDeltas("gradient", byAdjoint)
	var weights []*graph.Node
	for _, c := range trace.Net.Couplings() {
		weights = append(weights, c.W)
		if c.Bias != nil {
			weights = append(weights, c.Bias)
		}
	}
	automatic := make([]model.Delta, n.net.Couplings())
	grads := graph.Gradient(mean, weights...)
	for i := range automatic {
		automatic[i].W, grads = grads[0], grads[1:]
		if n.net.Bias {
			automatic[i].Bias, grads = grads[0], grads[1:]
		}
	}
	r.addDeltas("autodiff", automatic)
}

// buildTangents adds the tangent along input and weights together and apart, and the inverse's tangent along a stream and along s Uᵀ.
func buildTangents(r *results, trace *model.Trace, d directionNodes) {
	r.add("tangent.both", trace.Tangent(&d.input, d.deltas).Join())
	r.add("tangent.input", trace.Tangent(&d.input, nil).Join())
	r.add("tangent.weights", trace.Tangent(nil, d.deltas).Join())
	t, top := d.output, len(trace.Blocks)-1
	lift := graph.Transpose(trace.Net.U, 0, 1)
	product := trace.Blocks[top].InverseTangentOfProduct(d.logits, lift)
	for l := top; l >= 0; l-- {
		t = trace.Blocks[l].InverseTangent(t)
		if l < top {
			product = trace.Blocks[l].InverseTangent(product)
		}
	}
	r.add("pull", t.Join())
	r.add("pull.product", product.Join())
}
