// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"
	"math"
)

func (o *Options) checkFloats() error {
	inf := math.Inf(1)
	for _, f := range []struct {
		name    string
		value   float64
		ok      func(x float64) bool
		allowed string
	}{
		{"lr", o.LR, func(x float64) bool { return x > 0 }, "greater than 0, such as 0.1"},
		{"curvature-damping", o.CurvatureDamping, func(x float64) bool { return x > 0 }, "greater than 0, such as 0.1"},
		{"inverse-noise", o.InverseNoise, func(x float64) bool { return x >= 0 }, "at least 0, such as 0.1"},
		{"label-smoothing", o.LabelSmoothing, func(x float64) bool { return x >= 0 && x < 1 }, "from 0 to below 1, such as 0.1"},
		{"rtol", o.Rtol, func(x float64) bool { return x >= 0 && x < 1 }, "from 0 to below 1, such as 1e-2"},
		{"atol", o.Atol, func(x float64) bool { return x >= 0 }, "at least 0, such as 1e-3"},
		{"init-std", o.InitStd, func(x float64) bool { return x >= 0 }, "at least 0, such as 1e-3"},
		{"proj-gain", o.ProjGain, func(x float64) bool { return x > 0 }, "greater than 0, such as 1"},
		{"output-scale", o.OutputScale, func(x float64) bool { return x >= 1e-6 && x <= 1e6 }, "from 1e-6 to 1e6, 1 is the network itself"},
		{"require-exact", o.RequireExact, func(x float64) bool { return x >= 0 }, "at least 0, such as 1e-4 for f32; 0 is no limit"},
		{"momentum", o.Momentum, func(x float64) bool { return x >= 0 && x < 1 }, "from 0 to below 1, such as 0.9"},
		{"beta1", o.Beta1, func(x float64) bool { return x >= 0 && x < 1 }, "from 0 to below 1, such as 0.9"},
		{"beta2", o.Beta2, func(x float64) bool { return x >= 0 && x < 1 }, "from 0 to below 1, such as 0.999"},
		{"eps", o.Eps, func(x float64) bool { return x > 0 }, "greater than 0, such as 1e-8"},
		{"weight-decay", o.WeightDecay, func(x float64) bool { return x >= 0 }, "at least 0, such as 0.01"},
		{"kfac-damping", o.KFACDamping, func(x float64) bool { return x >= 1e-15 && x <= 1e15 }, "from 1e-15 to 1e15, such as 0.01"},
	} {
		if !(f.ok(f.value) && f.value < inf) {
			return fmt.Errorf("%s: got %v; allowed: %s", f.name, f.value, f.allowed)
		}
	}
	return nil
}
