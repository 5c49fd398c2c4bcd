// SPDX-License-Identifier: Apache-2.0

package data

import (
	"context"

	"revgn/internal/task"
)

// rule draws sample i of a part: it fills x (length D) and returns the label. It is a function of (part, i) alone.
type rule func(part string, i int, x []float32) int32

// readTask computes a task: a teacher or a formula. Inputs have mean square 1 a feature by construction, so nothing is normalised, and neither the number
// of samples nor the other part changes a sample.
func readTask(ctx context.Context, name string) (*parts, error) {
	parsed, err := task.Parse(name)
	if err != nil {
		return nil, err
	}
	p := &parts{place: "computed", mean: []float64{0}, std: []float64{1}}
	var size task.Size
	var sample rule
	switch t := parsed.(type) {
	case task.Teacher:
		p.name, size = t.String(), t.Size
		sample, p.notes, err = teacherRule(ctx, t)
	case task.Synthetic:
		p.name, size = t.String(), t.Size
		sample, p.notes, err = syntheticRule(ctx, t)
	}
	if err != nil {
		return nil, err
	}
	p.classes = size.Classes
	if p.train, err = generate(ctx, "train", size.Train, size.Width, sample); err != nil {
		return nil, err
	}
	p.test, err = generate(ctx, "test", size.Test, size.Width, sample)
	return p, err
}

// generate draws n samples of a part.
func generate(ctx context.Context, part string, n, d int, sample rule) (*samples, error) {
	s := &samples{n: n, d: d, f32: make([]float32, n*d), y: make([]int32, n)}
	return s, eachSample(ctx, n, func(i int) { s.y[i] = sample(part, i, s.f32[i*d:(i+1)*d]) })
}
