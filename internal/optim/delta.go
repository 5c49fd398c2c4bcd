// SPDX-License-Identifier: Apache-2.0

package optim

import (
	"github.com/gomlx/gomlx/core/graph"

	"revgn/model"
)

// each applies f to weights and bias.
func each(z model.Delta, f func(*graph.Node) *graph.Node) model.Delta {
	out := model.Delta{W: f(z.W)}
	if z.Bias != nil {
		out.Bias = f(z.Bias)
	}
	return out
}

// each2 applies f to the weights and the biases of a pair.
func each2(a, b model.Delta, f func(a, b *graph.Node) *graph.Node) model.Delta {
	out := model.Delta{W: f(a.W, b.W)}
	if a.Bias != nil {
		out.Bias = f(a.Bias, b.Bias)
	}
	return out
}

// gradientOf is the gradient of the mean loss by every coupling's Z, by the network's own adjoint: on the Go backend, which fuses nothing, that of differentiation
// takes more passes over what is (B, h), and transposes features where the adjoint transposes cotangents.
func gradientOf(trace *model.Trace, objective model.Objective, labels *graph.Node) []model.Delta {
	residual := objective.Residual(trace.Logits, labels)
	_, gradients := trace.Adjoint(graph.DivScalar(residual, float64(residual.Shape().Dim(0))))
	return gradients
}

// flat lists weights and biases in the order of Variables.Trained.
func flat(deltas []model.Delta) []*graph.Node {
	var nodes []*graph.Node
	for _, z := range deltas {
		nodes = append(nodes, z.W)
		if z.Bias != nil {
			nodes = append(nodes, z.Bias)
		}
	}
	return nodes
}

// inStore lists the gradients as GoMLX's optimizers take them: in the order in which the store lists what is trained.
func inStore(vars *model.Variables, g *graph.Graph, gradients []model.Delta) []*graph.Node {
	of := map[string]*graph.Node{}
	nodes := flat(gradients)
	for i, named := range vars.Trained() {
		of[named.Variable.Path()] = nodes[i]
	}
	var ordered []*graph.Node
	for v := range vars.Store.IterVariables() {
		if v.Trainable && v.InUseByGraph(g) {
			ordered = append(ordered, of[v.Path()])
		}
	}
	return ordered
}
