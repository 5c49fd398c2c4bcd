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

// gradientOf is the gradient of a scalar by every coupling's Z.
func gradientOf(loss *graph.Node, weights []model.Delta) []model.Delta {
	var flat []*graph.Node
	for _, z := range weights {
		flat = append(flat, z.W)
		if z.Bias != nil {
			flat = append(flat, z.Bias)
		}
	}
	flat = graph.Gradient(loss, flat...)
	gradients := make([]model.Delta, len(weights))
	for i, z := range weights {
		gradients[i].W, flat = flat[0], flat[1:]
		if z.Bias != nil {
			gradients[i].Bias, flat = flat[0], flat[1:]
		}
	}
	return gradients
}
