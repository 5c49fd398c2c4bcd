// SPDX-License-Identifier: Apache-2.0

package data

import (
	"context"
	"fmt"
	"math"

	"revgn/internal/task"
)

// teacherNet is a reversible network in float64 on the host: x1 += F(x2), x2 += G(x1) block by block, z = xU - c.
type teacherNet struct {
	couplings []teacherCoupling // F, G of block 0, F, G of block 1, ...
	readout   [][]float64       // U: K columns of length D, orthonormal
	centre    []float64         // c, K
}

// teacherCoupling is F(x) = relu(xC)W. Its h units lie one after the other: row k is unit k's d weights.
type teacherCoupling struct{ in, out [][]float64 }

// calibration is the number of inputs that the teacher's logits are centred on.
const calibration = 2048

// newTeacher draws a teacher: columns of C of N(0, 1/d), W of N(0, 2·gain²/h), so that on inputs N(0, I) a coupling's output has mean square gain² a
// feature; U orthonormal; c the mean of the logits over inputs of its own, so that no class is favoured.
func newTeacher(ctx context.Context, t task.Teacher) (*teacherNet, error) {
	d := t.Width / 2
	net := &teacherNet{centre: make([]float64, t.Classes)}
	for c := range 2 * t.Blocks {
		rng := draws(t.Seed, "teacher coupling", c)
		net.couplings = append(net.couplings, teacherCoupling{
			in:  scaledRows(gaussians(rng, t.Hidden*d), d, math.Sqrt(1/float64(d))),
			out: scaledRows(gaussians(rng, t.Hidden*d), d, t.Gain*math.Sqrt(2/float64(t.Hidden))),
		})
	}
	var err error
	if net.readout, err = orthonormal(ctx, draws(t.Seed, "teacher readout"), t.Classes, t.Width); err != nil {
		return nil, err
	}
	logits := make([][]float64, calibration)
	if err := eachSample(ctx, calibration, func(i int) {
		logits[i] = net.logits(gaussians(draws(t.Seed, "teacher calibration", i), t.Width))
	}); err != nil {
		return nil, err
	}
	mean := make([]float64, t.Classes)
	for _, z := range logits {
		addScaled(mean, 1./calibration, z)
	}
	net.centre = mean
	return net, nil
}

// scaledRows cuts v into rows of length d, times scale.
func scaledRows(v []float64, d int, scale float64) [][]float64 {
	var rows [][]float64
	for start := 0; start < len(v); start += d {
		row := v[start : start+d]
		for i := range row {
			row[i] *= scale
		}
		rows = append(rows, row)
	}
	return rows
}

// add is dst += F(x).
func (c teacherCoupling) add(dst, x []float64) {
	for k, in := range c.in {
		if a := dot(in, x); a > 0 {
			addScaled(dst, a, c.out[k])
		}
	}
}

// logits passes x, which it overwrites, through the network.
func (net *teacherNet) logits(x []float64) []float64 {
	d := len(x) / 2
	for i, c := range net.couplings {
		if i%2 == 0 {
			c.add(x[:d], x[d:])
		} else {
			c.add(x[d:], x[:d])
		}
	}
	z := make([]float64, len(net.readout))
	for k, column := range net.readout {
		z[k] = dot(column, x) - net.centre[k]
	}
	return z
}

// teacherRule labels x ~ N(0, I), rounded to float32, by the teacher's largest logit.
func teacherRule(ctx context.Context, t task.Teacher) (rule, []string, error) {
	net, err := newTeacher(ctx, t)
	if err != nil {
		return nil, nil, err
	}
	note := fmt.Sprintf("labels are the largest logit of a reversible teacher with %d blocks, %d relu units a coupling and gain %v, on inputs N(0, I)",
		t.Blocks, t.Hidden, t.Gain)
	return func(part string, i int, x []float32) int32 {
		return int32(largest(net.logits(gaussianInput(draws(t.Seed, part, i), x))))
	}, []string{note}, nil
}
