// SPDX-License-Identifier: Apache-2.0

package model

import "github.com/gomlx/gomlx/core/graph"

// Moved is Z - rate·ΔZ of every coupling where ok (a Bool scalar) holds, else Z, for a scalar rate. A part of z that no delta moves is z itself.
func Moved(z, deltas []Delta, rate, ok *graph.Node) []Delta {
	move := func(z, delta *graph.Node) *graph.Node {
		if z == nil || delta == nil {
			return z
		}
		return graph.Where(ok, graph.Sub(z, graph.Mul(rate, delta)), z)
	}
	after := make([]Delta, len(z))
	for i := range z {
		after[i] = Delta{W: move(z[i].W, deltas[i].W), Bias: move(z[i].Bias, deltas[i].Bias)}
	}
	return after
}

// SquaredNorm is ‖ΔZ‖² over all couplings, a scalar; nil for no parts at all.
func SquaredNorm(deltas []Delta) *graph.Node {
	var total *graph.Node
	for _, delta := range deltas {
		for _, part := range []*graph.Node{delta.W, delta.Bias} {
			if part != nil {
				total = plus(total, graph.ReduceAllSum(graph.Square(part)))
			}
		}
	}
	return total
}
