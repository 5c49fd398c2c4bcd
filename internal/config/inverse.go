// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"
	"math"
	"strings"

	"revgn/internal/nearest"
)

// The kinds of right inverse, docs/mathematics.md 3 and 5. The first four split the
// wanted change over the blocks with weights w_l that sum to 1.
const (
	InverseSplit   = "split"    // w_l = 1/L
	InverseLast    = "last"     // all in the block next to the output
	InverseFirst   = "first"    // all in block 0
	InverseWeights = "weights"  // given
	InverseMinNorm = "min-norm" // the least change that does it, by the tangent kernel
	InverseMix     = "mix"      // 1-τ of the equal split and τ of the minimum norm
)

const inverseForms = "split|last|first|weights:W1,W2,...|min-norm|mix:TAU"

// Inverse chooses the right inverse of J among those that split over blocks.
type Inverse struct {
	Kind    string
	Weights []float64 // for InverseWeights alone: w_0 (the input's block) first
	Tau     float64   // for InverseMix alone, from 0 to 1
}

// ParseInverse reads the text form.
func ParseInverse(s string) (Inverse, error) {
	kind, rest, listed := strings.Cut(s, ":")
	switch {
	case !listed && (kind == InverseSplit || kind == InverseLast || kind == InverseFirst || kind == InverseMinNorm):
		return Inverse{Kind: kind}, nil
	case kind == InverseWeights && listed:
		var v = Inverse{Kind: kind}
		for i, field := range strings.Split(rest, ",") {
			w, err := parseFloat(field)
			if err != nil {
				return Inverse{}, fmt.Errorf("weight %d: %w", i, err)
			}
			v.Weights = append(v.Weights, w)
		}
		return v, nil
	case kind == InverseMix && listed:
		tau, err := parseFloat(rest)
		if err != nil || !(tau >= 0 && tau <= 1) {
			return Inverse{}, fmt.Errorf("got mix:%s; allowed: mix:TAU with TAU from 0 (the split) to 1 (the minimum norm)", rest)
		}
		return Inverse{Kind: kind, Tau: tau}, nil
	}
	return Inverse{}, fmt.Errorf("got %q; allowed: %s%s", s, inverseForms, nearest.Hint(s, strings.Split(inverseForms, "|")))
}

// String returns the text form, which ParseInverse reads back bit by bit.
func (v Inverse) String() string {
	switch v.Kind {
	case InverseMix:
		return v.Kind + ":" + formatFloat(v.Tau)
	case InverseWeights:
	default:
		return v.Kind
	}
	fields := make([]string, len(v.Weights))
	for i, w := range v.Weights {
		fields[i] = formatFloat(w)
	}
	return v.Kind + ":" + strings.Join(fields, ",")
}

// BlockWeights returns w_0..w_{L-1} for L = blocks: not negative, summing to 1; equal
// for min-norm, which has no use for them, and for mix.
// Given weights may miss 1 by a rounding (1e-6) and are scaled to it.
func (v Inverse) BlockWeights(blocks int) ([]float64, error) {
	w := make([]float64, blocks)
	switch v.Kind {
	case InverseSplit, InverseMinNorm, InverseMix:
		for l := range w {
			w[l] = 1 / float64(blocks)
		}
	case InverseLast:
		w[blocks-1] = 1
	case InverseFirst:
		w[0] = 1
	case InverseWeights:
		return v.given(blocks)
	default:
		return nil, fmt.Errorf("inverse: got kind %q; allowed: %s", v.Kind, inverseForms)
	}
	return w, nil
}

func (v Inverse) given(blocks int) ([]float64, error) {
	if len(v.Weights) != blocks {
		return nil, fmt.Errorf("inverse: got %d weights for %d blocks; give one weight a block, block 0 first", len(v.Weights), blocks)
	}
	sum := 0.0
	for l, w := range v.Weights {
		if !(w >= 0) || math.IsInf(w, 0) {
			return nil, fmt.Errorf("inverse: got weight %v for block %d; allowed: finite and at least 0", w, l)
		}
		sum += w
	}
	if math.Abs(sum-1) > 1e-6 {
		return nil, fmt.Errorf("inverse: the weights sum to %v; they must sum to 1 (divide each by the sum)", sum)
	}
	scaled := make([]float64, blocks)
	for l, w := range v.Weights {
		scaled[l] = w / sum
	}
	return scaled, nil
}
