// SPDX-License-Identifier: Apache-2.0

package data

import (
	"context"
	"fmt"
	"math"

	"revgn/internal/task"
)

// powerLaw draws x = Σ_i √λ_i g_i q_i, g ~ N(0, I), with λ_i in proportion to i^-α and Σλ_i = D, and labels it by the largest of K scores of g:
//
//	linear     v_k·g                          v_ki ~ N(0, i^-β), ‖v_k‖ = 1
//	quadratic  (v_k·g)(w_k·g) - v_k·w_k       the same for w; E[score·g] = 0, so no linear form of x correlates with it
//
// α is the capacity and β the source exponent of the theory of kernel regression: β = α weighs all directions of x alike. The modes q_i are a random
// orthonormal basis, or the features themselves.
type powerLaw struct {
	spectrum []float64   // √λ_i
	basis    [][]float64 // [q_1, ..., q_D] by rows; nil: the features are the modes
	v, w     [][]float64 // w nil: linear
}

func newPowerLaw(ctx context.Context, s task.Synthetic) (*powerLaw, error) {
	p := &powerLaw{spectrum: make([]float64, s.Width)}
	sum := 0.0
	for i := range p.spectrum {
		p.spectrum[i] = math.Pow(float64(i+1), -s.Alpha)
		sum += p.spectrum[i]
	}
	for i, v := range p.spectrum {
		p.spectrum[i] = math.Sqrt(v / sum * float64(s.Width))
	}
	p.v = sourceVectors(s, "powerlaw v")
	if s.Rule == task.Quadratic {
		p.w = sourceVectors(s, "powerlaw w")
	}
	if !s.Rotate {
		return p, nil
	}
	var err error
	p.basis, err = orthonormal(ctx, draws(s.Seed, "powerlaw basis"), s.Width, s.Width)
	return p, err
}

// sourceVectors draws one unit vector a class, element i of N(0, i^-β) before it is scaled.
func sourceVectors(s task.Synthetic, what string) [][]float64 {
	out := make([][]float64, s.Classes)
	for k := range out {
		out[k] = gaussians(draws(s.Seed, what, k), s.Width)
		for i := range out[k] {
			out[k][i] *= math.Pow(float64(i+1), -s.Beta/2)
		}
		unit(out[k])
	}
	return out
}

// input fills x for the coordinates g.
func (p *powerLaw) input(g []float64, x []float32) {
	scaled := make([]float64, len(g))
	for i := range g {
		scaled[i] = p.spectrum[i] * g[i]
	}
	for j := range x {
		if p.basis == nil {
			x[j] = float32(scaled[j])
		} else {
			x[j] = float32(dot(p.basis[j], scaled))
		}
	}
}

// label is the class of the largest score.
func (p *powerLaw) label(g []float64) int32 {
	scores := make([]float64, len(p.v))
	for k, v := range p.v {
		scores[k] = dot(v, g)
		if p.w != nil {
			scores[k] = float64(scores[k]*dot(p.w[k], g)) - dot(v, p.w[k])
		}
	}
	return int32(largest(scores))
}

func powerLawRule(ctx context.Context, s task.Synthetic) (rule, []string, error) {
	p, err := newPowerLaw(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	note := fmt.Sprintf("inputs are Gaussian; the variance of mode i = 1..%d is in proportion to i^-%v, from %.4g to %.4g; labels by a %s rule with source exponent %v",
		s.Width, s.Alpha, p.spectrum[0]*p.spectrum[0], p.spectrum[s.Width-1]*p.spectrum[s.Width-1], s.Rule, s.Beta)
	return func(part string, i int, x []float32) int32 {
		g := gaussians(draws(s.Seed, part, i), s.Width)
		p.input(g, x)
		return p.label(g)
	}, []string{note}, nil
}
