// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"math"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"revgn/model"
)

// directions are the random tangents and cotangents that the model's functions are tried on.
type directions struct {
	input  *mat.Dense   // (B, D): tangent of the input
	output *mat.Dense   // (B, D): tangent of the stream at the output
	logits *mat.Dense   // (B, K): cotangent of the logits, and the s of a tangent s V
	dZ     []*mat.Dense // change of the weights, N(0, 1/h), a coupling each
}

func (n *network) directions() directions {
	p := n.problem
	d := directions{
		input: n.gaussian(p.Batch, p.Width, 1), output: n.gaussian(p.Batch, p.Width, 1), logits: n.gaussian(p.Batch, p.Classes, 1),
	}
	for range n.net.Couplings() {
		d.dZ = append(d.dZ, n.gaussian(n.net.Rows(), n.net.Half(), 1/math.Sqrt(float64(p.Hidden))))
	}
	return d
}

// tensors are the directions in the order in which read takes them.
func (d directions) tensors(n *network) []*tensors.Tensor {
	out := []*tensors.Tensor{matrixTensor(n.dtype, d.input), matrixTensor(n.dtype, d.output), matrixTensor(n.dtype, d.logits)}
	h, half := n.net.Hidden, n.net.Half()
	for _, dz := range d.dZ {
		out = append(out, matrixTensor(n.dtype, mat.DenseCopyOf(dz.Slice(0, h, 0, half))))
		if n.net.Bias {
			out = append(out, rowTensor(n.dtype, dz.RawRowView(h)))
		}
	}
	return out
}

// directionNodes are the directions in a graph.
type directionNodes struct {
	input, output model.Stream
	logits        *graph.Node
	deltas        []model.Delta
}

func readDirections(nodes []*graph.Node, bias bool) directionNodes {
	d := directionNodes{input: model.Split(nodes[0]), output: model.Split(nodes[1]), logits: nodes[2]}
	for rest := nodes[3:]; len(rest) > 0; {
		delta := model.Delta{W: rest[0]}
		rest = rest[1:]
		if bias {
			delta.Bias, rest = rest[0], rest[1:]
		}
		d.deltas = append(d.deltas, delta)
	}
	return d
}

// kinkStep and smoothStep are the steps of central differences: small where they must not cross a kink, on either side of which the network is linear in
// its input, larger where the truncation of order 4 allows.
const (
	kinkStep   = 1e-6
	smoothStep = 3e-4
)

func (p Problem) step() float64 {
	if p.smooth() {
		return smoothStep
	}
	return kinkStep
}

// slope is the derivative of f at 0 by central differences of order 4: (8(f(e) - f(-e)) - (f(2e) - f(-2e)))/12e.
func slope(e float64, f func(t float64) *mat.Dense) *mat.Dense {
	var near, far mat.Dense
	near.Sub(f(e), f(-e))
	far.Sub(f(2*e), f(-2*e))
	near.Scale(8, &near)
	near.Sub(&near, &far)
	near.Scale(1/(12*e), &near)
	return &near
}

// dtypeName is the name that options and tables use.
func dtypeName(dtype dtypes.DType) string {
	if dtype == dtypes.Float64 {
		return "f64"
	}
	return "f32"
}
