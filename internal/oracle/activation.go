// SPDX-License-Identifier: Apache-2.0

package oracle

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// leakySlope is the slope of leaky-relu at and below zero.
const leakySlope = 0.01

// activationNames lists what activate computes.
var activationNames = []string{"relu", "identity", "tanh", "gelu", "silu", "leaky-relu"}

// Activations returns the names that Config.Act and Config.FirstAct may have.
func Activations() []string { return slices.Clone(activationNames) }

func checkActivation(field, name string) error {
	if slices.Contains(activationNames, name) {
		return nil
	}
	return fmt.Errorf("%s is %q, want one of %s", field, name, strings.Join(activationNames, ", "))
}

// activate returns σ(x) and σ'(x). Conventions: relu has σ'(0) = 0 and leaky-relu σ'(0) = 0.01; gelu is the exact
// x·½(1 + erf(x/√2)), not its tanh approximation; silu is x/(1 + e^-x).
func activate(name string, x float64) (value, slope float64) {
	switch name {
	case "identity":
		return x, 1
	case "relu":
		if x > 0 {
			return x, 1
		}
		return 0, 0
	case "leaky-relu":
		if x > 0 {
			return x, 1
		}
		return leakySlope * x, leakySlope
	case "tanh":
		t := math.Tanh(x)
		return t, 1 - t*t
	case "gelu":
		cdf := 0.5 * math.Erfc(-x/math.Sqrt2)
		return x * cdf, cdf + x*math.Exp(-x*x/2)/math.Sqrt(2*math.Pi)
	case "silu":
		s := 1 / (1 + math.Exp(-x))
		return x * s, s * (1 + x*(1-s))
	}
	panic(fmt.Sprintf("oracle: activation %q on a net that was not validated", name))
}
