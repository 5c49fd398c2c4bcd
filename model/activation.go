// SPDX-License-Identifier: Apache-2.0

package model

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
)

// Activation names the elementwise σ of a coupling.
type Activation string

// The activations. GELU is the exact one (erf); LeakyReLU has slope 0.01 below zero.
const (
	ReLU      Activation = "relu"
	Identity  Activation = "identity"
	Tanh      Activation = "tanh"
	GELU      Activation = "gelu"
	SiLU      Activation = "silu"
	LeakyReLU Activation = "leaky-relu"
)

const leakySlope = 0.01

// Activations lists the activations there are, in the order in which help texts show them.
func Activations() []Activation {
	return []Activation{ReLU, Identity, Tanh, GELU, SiLU, LeakyReLU}
}

// Validate returns an error if a is not one of Activations.
func (a Activation) Validate() error {
	if slices.Contains(Activations(), a) {
		return nil
	}
	names := make([]string, 0, len(Activations()))
	for _, known := range Activations() {
		names = append(names, string(known))
	}
	return fmt.Errorf("unknown activation %q (allowed: %s)", string(a), strings.Join(names, ", "))
}

// apply returns σ(pre) elementwise.
func (a Activation) apply(pre *graph.Node) *graph.Node {
	switch a {
	case ReLU:
		return graph.MaxScalar(pre, 0)
	case Tanh:
		return graph.Tanh(pre)
	case GELU:
		return graph.Mul(pre, normalCDF(pre))
	case SiLU:
		return graph.Mul(pre, graph.Sigmoid(pre))
	case LeakyReLU:
		return graph.Max(pre, graph.MulScalar(pre, leakySlope))
	}
	return pre
}

// slope is σ'(pre), kept in the cheapest form that the activation allows.
type slope struct {
	mask   *graph.Node // Bool (B,h): σ' is 1 where true, 0 elsewhere (ReLU)
	factor *graph.Node // (B,h): σ' itself (the others); both nil for the identity
}

// slopeAt returns σ'(pre); value is σ(pre), which some derivatives reuse.
func (a Activation) slopeAt(pre, value *graph.Node) slope {
	g, dtype := pre.Graph(), pre.DType()
	zero := graph.ScalarZero(g, dtype)
	switch a {
	case ReLU:
		// The value serves the test as well as the argument does, so that the argument need not be kept: σ'(0) = 0.
		return slope{mask: graph.GreaterThan(value, graph.ZerosLike(value))}
	case Tanh:
		return slope{factor: graph.OneMinus(graph.Square(value))}
	case GELU:
		density := graph.MulScalar(graph.Exp(graph.MulScalar(graph.Square(pre), -0.5)), 1/math.Sqrt(2*math.Pi))
		return slope{factor: graph.Add(normalCDF(pre), graph.Mul(pre, density))}
	case SiLU:
		s := graph.Sigmoid(pre)
		return slope{factor: graph.Mul(s, graph.OnePlus(graph.Mul(pre, graph.OneMinus(s))))}
	case LeakyReLU:
		positive := graph.ConvertDType(graph.GreaterThan(pre, graph.BroadcastToShape(zero, pre.Shape())), dtype)
		return slope{factor: graph.AddScalar(graph.MulScalar(positive, 1-leakySlope), leakySlope)}
	}
	return slope{}
}

// times returns σ' ∘ a.
func (s slope) times(a *graph.Node) *graph.Node {
	switch {
	case s.mask != nil:
		// A constant of its own, so that this can stand in the body of a loop.
		zero := graph.Const(a.Graph(), shapes.CastAsDType(0.0, a.DType()))
		return graph.Where(s.mask, a, graph.BroadcastToDims(zero, a.Shape().Dimensions...))
	case s.factor != nil:
		return graph.Mul(s.factor, a)
	}
	return a
}

// among is the slope (n, B, h) that is the same for each of n.
func (s slope) among(n int) slope {
	spread := func(a *graph.Node) *graph.Node {
		if a == nil {
			return nil
		}
		return graph.BroadcastPrefix(a, n)
	}
	return slope{mask: spread(s.mask), factor: spread(s.factor)}
}

// steepest is no less than |σ'| anywhere: GELU and SiLU rise faster than 1 around 1.41 and 2.40.
func (a Activation) steepest() float64 {
	switch a {
	case GELU:
		return 1.129
	case SiLU:
		return 1.1
	}
	return 1
}

// normalCDF is the standard normal distribution function, by erf.
func normalCDF(x *graph.Node) *graph.Node {
	return graph.MulScalar(graph.OnePlus(graph.Erf(graph.MulScalar(x, math.Sqrt2/2))), 0.5)
}

// isFloat tells whether the network can be built in the dtype.
func isFloat(dtype dtypes.DType) bool { return dtype == dtypes.Float32 || dtype == dtypes.Float64 }
