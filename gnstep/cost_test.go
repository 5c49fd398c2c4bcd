// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"math"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/dense"
	"revgn/internal/problem"
	"revgn/model"
)

// costProblems are large enough for Gram matrices in bands and factors in halves: the paper's network, blocks of which the middle ones carry, and a batch below
// the width, above the number of features, and with features that XLA's CPU has in slabs.
func costProblems() []problem.Problem {
	paper := problem.Problem{Name: "paper", Width: 40, Blocks: 2, Hidden: 210, Classes: 5, First: model.Identity, Act: model.ReLU, Bias: true, Loss: model.CrossEntropy, Rows: 150}
	deep, wide, tall, narrow, slabs := paper, paper, paper, paper, paper
	deep.Name, deep.Blocks, deep.First, deep.Bias = "four blocks, no bias", 4, model.Tanh, false
	wide.Name, wide.Rows = "few samples", 14
	tall.Name, tall.Rows = "fewer features than samples", 260
	narrow.Name, narrow.Hidden, narrow.Rows = "identity block narrower than its half", 12, 10
	slabs.Name, slabs.Hidden = "features in slabs", 2050
	return []problem.Problem{paper, deep, wide, tall, narrow, slabs}
}

// Operations are those of the products in the graph of the step, all of them and no others.
func TestOperationsAreThoseOfTheGraph(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, p := range costProblems() {
			for name, change := range map[string]func(*Options){
				"split":        func(*Options) {},
				"not carrying": func(o *Options) { o.Carry = false },
				"first":        func(o *Options) { o.Shares = FirstShare(p.Blocks) },
				"last":         func(o *Options) { o.Shares = LastShare(p.Blocks) },
				"damped":       func(o *Options) { o.Damping.Value = 1e-3 },
				"truncated":    func(o *Options) { o.Rtol = 0.1 },
			} {
				t.Run(p.Name+"/"+name, func(t *testing.T) {
					problem.LeaveToGo(t, b, p.Name != "features in slabs" || name != "split")
					c := p.In(t, dtypes.Float32)
					o := DefaultOptions()
					change(&o)
					step, err := New(b.Backend, c.Vars, o)
					if err != nil {
						t.Fatal(err)
					}
					got, want := step.Operations(p.Rows).Total(), operationsInGraph(t, b, c, step)+operationsInSigns(step, p.Rows)
					if math.Abs(got-want) > 1e-9*want {
						t.Errorf("%g operations counted, %g in the graph", got, want)
					}
				})
			}
		}
	})
}

// operationsInGraph adds up the products of matrices that the step's results need, and one turn of every loop over refinements.
func operationsInGraph(t *testing.T, b *backend.Backend, c *problem.Case, step *Step) (total float64) {
	t.Helper()
	exec := gomlx.MustNewExec(b.Backend, c.Vars.Store, func(_ *gomlx.Scope, x, labels, lr *graph.Node) *graph.Node {
		before := len(x.Graph().Nodes())
		packed := step.Build(x, labels, lr).Pack()
		total = productsBehind(packed) + productsInPasses(x.Graph().Nodes()[before:])
		return packed
	})
	defer exec.Finalize()
	x, labels := c.Batch()
	exec.MustCall(x, labels, float32(0.1))
	return total
}

// operationsInSigns counts the turns of the loops behind the projectors of truncated systems.
func operationsInSigns(step *Step, batch int) (total float64) {
	c := step.vars.Config
	cut := step.opts.cutOf(c.DType, batch, c.Hidden)
	if cut == nil {
		return 0
	}
	resolution, _ := cut.resolution(c.DType)
	for i := range c.Couplings() {
		if step.solves(i / 2) {
			total += 2 * float64(dense.SignProducts(resolution)) * math.Pow(float64(systemSize(c, i, batch)), 3)
		}
	}
	return total
}

// productsBehind counts the products that a node needs, each once. Loops are seen from outside only.
func productsBehind(of *graph.Node) (total float64) {
	seen := map[*graph.Node]bool{}
	var visit func(n *graph.Node)
	visit = func(n *graph.Node) {
		if seen[n] {
			return
		}
		seen[n] = true
		total += productOperations(n)
		for _, input := range n.Inputs() {
			visit(input)
		}
	}
	visit(of)
	return total
}

// productsInPasses counts those in the bodies of the loops over refinements, which alone have a part of that name in their state.
func productsInPasses(nodes []*graph.Node) (total float64) {
	passes := map[*graph.Function]bool{}
	for _, n := range nodes {
		if n.Type() == graph.NodeTypeParameter && n.GetParameterName() == "direction" {
			passes[n.Function()] = true
		}
	}
	for _, n := range nodes {
		if passes[n.Function()] {
			total += productOperations(n)
		}
	}
	return total
}

// productOperations is 2mnk for a product of an (m, k) and a (k, n) matrix, for every item of a batch of them, and 0 for anything else, products with vectors
// included.
func productOperations(n *graph.Node) float64 {
	if n.Type() != graph.NodeTypeDotGeneral {
		return 0
	}
	a, b := n.Inputs()[0].Shape(), n.Inputs()[1].Shape()
	items := 1
	if a.Rank() == 3 {
		items = a.Dim(0)
	}
	size, of := n.Shape().Size()/items, a.Size()/items*(b.Size()/items)
	contracted := int(math.Round(math.Sqrt(float64(of) / float64(size))))
	if size < 1 || a.Size()/items == contracted || b.Size()/items == contracted {
		return 0
	}
	return 2 * float64(items) * float64(size) * float64(contracted)
}
