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
//
// What the two give is split once: on XLA the second word of a state is the low half of a counter, so that states one apart there make the same numbers, a few
// places on. After the split each draw has a key of its own.
func (s *Step) noise(g *graph.Graph, deltas []model.Delta) []model.Delta {
	draws := s.memory.draws.NodeValue(g)
	count := graph.Reshape(graph.ConvertDType(draws, dtypes.Uint64), 1)
	_, state := graph.RNGStateSplit(graph.Concatenate([]*graph.Node{graph.Const(g, []uint64{s.vars.Config.Seed}), count, graph.Const(g, []uint64{noiseStream})}, 0))
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
