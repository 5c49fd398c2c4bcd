// SPDX-License-Identifier: Apache-2.0

package gnstep

import (
	"fmt"
	"math"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"

	"revgn/internal/dense"
	"revgn/model"
)

// checkNoise returns an error unless the noise on the inverse is finite and not negative.
func checkNoise(noise float64) error {
	if !(noise >= 0) || math.IsInf(noise, 0) {
		return fmt.Errorf("inverse noise %g: must be finite and not negative", noise)
	}
	return nil
}

// noise is Gaussian noise on the solution of every coupling, of Options.Noise times its norm in expectation. A draw is a function of the network's seed and
// of the number of draws before it.
func (s *Step) noise(g *graph.Graph, deltas []model.Delta) []model.Delta {
	draws := s.memory.draws.NodeValue(g)
	word := func(v *graph.Node) *graph.Node { return graph.Reshape(graph.ConvertDType(v, dtypes.Uint64), 1) }
	state := graph.Concatenate([]*graph.Node{word(graph.Const(g, int64(s.vars.Config.Seed>>1))), word(draws), word(graph.Const(g, int64(noiseStream)))}, 0)
	out := make([]model.Delta, len(deltas))
	draw := func(like *graph.Node, scale *graph.Node) *graph.Node {
		if like == nil {
			return nil
		}
		var values *graph.Node
		state, values = graph.RandomNormal(state, like.Shape())
		return graph.Mul(values, scale)
	}
	for i, delta := range deltas {
		if delta.W == nil {
			continue
		}
		square, size := graph.Square(dense.Norm(delta.W)), delta.W.Shape().Size()
		if delta.Bias != nil {
			square, size = graph.Add(square, graph.Square(dense.Norm(delta.Bias))), size+delta.Bias.Shape().Size()
		}
		scale := graph.MulScalar(graph.Sqrt(square), s.opts.Noise/math.Sqrt(float64(size)))
		out[i] = model.Delta{W: draw(delta.W, scale), Bias: draw(delta.Bias, scale)}
	}
	return out
}

// noiseStream tells the noise's random numbers from others of the same seed.
const noiseStream = 0x6e6f697365
