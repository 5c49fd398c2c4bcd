// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"
	"slices"
)

// Warnings returns a line for each thing that is allowed but may surprise.
// What depends on the data (its size, its width) is not known here.
func (o *Options) Warnings() []string {
	var w []string
	warn := func(format string, a ...any) { w = append(w, fmt.Sprintf(format, a...)) }
	if o.Optimizer == GN {
		if o.LR > 1 {
			warn("lr: α = %v is above 1, so each step overshoots the Gauss-Newton target; use --lr 1 or less", o.LR)
		}
		if b := o.knownBatch(); o.FeatureRank() < b {
			warn("hidden: %d gives features of rank at most %d, below the batch of %d: steps are projections, not exact; use --hidden %d or more", o.Hidden, o.FeatureRank(), b, b)
		}
	}
	if s := o.OutputScale; s != 1 {
		if o.Optimizer == GN && o.Linearised && o.Damping.Value == 0 {
			warn("output-scale: the logits of a linearised network go the same way under gn at any scale; with %v only its weights go another distance", s)
		}
		if p, err := Preset(o.Preset, o.Optimizer); err == nil && o.LR == p.LR && o.speedup() != 1 {
			warn("lr: %v is meant for output scale 1, and %s moves the logits %.3g times as fast at %v; use --lr %.3g for the same speed",
				o.LR, o.Optimizer, o.speedup(), s, o.LR/o.speedup())
		}
	}
	if b := o.knownBatch(); o.Devices > 1 && b > o.FeatureRank() && (o.Optimizer == GN || o.Optimizer == KFAC) {
		warn("devices: a batch of %d is above the %d features, whose square is then split over %d devices with many small exchanges; use --batch-size %d or less",
			b, o.FeatureRank(), o.Devices, o.FeatureRank())
	}
	for _, name := range o.idle() {
		warn("%s has no effect with %s", name, o.reader())
	}
	return w
}

// reader names what reads the options of a step.
func (o *Options) reader() string {
	switch {
	case o.Switch.Epoch > 0:
		return fmt.Sprintf("optimizers %s and %s", o.Optimizer, o.Switch.To)
	case o.Optimizer == GN && o.Inverse.Kind == InverseMinNorm:
		return "optimizer gn and inverse min-norm"
	}
	return "optimizer " + string(o.Optimizer)
}

// speedup is how many times as fast the optimizer moves the logits at the output scale as at scale 1: gradients grow with the scale, and the logits move s times
// as far along a change. 1 for those that take the measure of the change themselves.
func (o *Options) speedup() float64 {
	switch o.Optimizer {
	case SGD, Momentum:
		return o.OutputScale * o.OutputScale
	case Adam, AdamW, Muon:
		return o.OutputScale
	}
	return 1
}

// idle names the options that were changed from their default although no optimizer of the run reads them.
func (o *Options) idle() []string {
	var names []string
	std := common()
	uses := func(any ...Optimizer) bool {
		return slices.Contains(any, o.Optimizer) || o.Switch.Epoch > 0 && slices.Contains(any, o.Switch.To)
	}
	gn, adam := uses(GN), uses(Adam, AdamW)
	for _, c := range []struct {
		name          string
		changed, read bool
	}{
		{"inverse", o.Inverse.Kind != std.Inverse.Kind, gn},
		{"carry", o.Carry != std.Carry, gn && o.Inverse.Kind != InverseMinNorm && !o.Legacy},
		{"rtol", o.Rtol != 0, gn},
		{"atol", o.Atol != 0, gn},
		{"legacy", o.Legacy, gn},
		{"curvature", o.Curvature != std.Curvature, gn},
		{"curvature-damping", o.CurvatureDamping != std.CurvatureDamping, gn && o.Curvature == CurvatureDamped},
		{"damping", o.Damping.Value != 0, gn},
		{"damping-schedule", o.DampingSchedule != std.DampingSchedule, gn},
		{"line-search", o.LineSearch != std.LineSearch, gn},
		{"memory", o.Memory.Kind != std.Memory.Kind, gn},
		{"inverse-noise", o.InverseNoise != 0, gn},
		{"solver", o.Solver != std.Solver, gn},
		{"momentum", o.Momentum != std.Momentum, uses(Momentum, Muon)},
		{"beta1", o.Beta1 != std.Beta1, adam},
		{"beta2", o.Beta2 != std.Beta2, adam},
		{"eps", o.Eps != std.Eps, adam},
		{"weight-decay", o.WeightDecay != 0, uses(SGD, Momentum, Adam, AdamW, Muon)},
		{"kfac-damping", o.KFACDamping != std.KFACDamping, uses(KFAC)},
	} {
		if c.changed && !c.read {
			names = append(names, c.name)
		}
	}
	return names
}
