// SPDX-License-Identifier: Apache-2.0

package data

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"

	"revgn/internal/task"
)

// syntheticRule makes the rule of a formula, with notes that say what it is.
func syntheticRule(ctx context.Context, s task.Synthetic) (rule, []string, error) {
	switch s.Kind {
	case task.PowerLaw:
		return powerLawRule(ctx, s)
	case task.Random:
		r := func(part string, i int, x []float32) int32 {
			rng := draws(s.Seed, part, i)
			gaussianInput(rng, x)
			return int32(rng.IntN(s.Classes))
		}
		return r, []string{"labels are uniform and independent of the inputs, N(0, I): nothing can be learnt beyond the training samples"}, nil
	}
	support := Order(s.Seed, 0, s.Width)[:s.K]
	r := func(part string, i int, x []float32) int32 {
		signs(draws(s.Seed, part, i), x)
		if s.Kind == task.Parity {
			return negative(parity(x, support))
		}
		return negative(staircase(x, support))
	}
	return r, []string{signNote(s.Kind, support)}, nil
}

// parity is the product of the features of the support.
func parity(x []float32, support []int) float32 {
	product := float32(1)
	for _, j := range support {
		product *= x[j]
	}
	return product
}

// staircase is x_a + x_a·x_b + x_a·x_b·x_c + ... along the support (Abbe et al., arXiv 2202.08658: each step is found from the one before).
func staircase(x []float32, support []int) float32 {
	sum, product := float32(0), float32(1)
	for _, j := range support {
		product *= x[j]
		sum += product
	}
	return sum
}

func negative(v float32) int32 {
	if v < 0 {
		return 1
	}
	return 0
}

// signNote writes the formula with the features that it reads, counted from 0.
func signNote(kind task.Kind, support []int) string {
	var terms []string
	product := ""
	for _, j := range support {
		product += fmt.Sprintf("·x%d", j)
		terms = append(terms, strings.TrimPrefix(product, "·"))
	}
	if kind == task.Parity {
		terms = terms[len(terms)-1:]
	}
	return fmt.Sprintf("label 1 where %s < 0, features counted from 0, inputs uniform on ±1", strings.Join(terms, " + "))
}

// gaussianInput fills x with N(0, 1) rounded to float32, and returns the rounded values.
func gaussianInput(rng *rand.Rand, x []float32) []float64 {
	g := gaussians(rng, len(x))
	for j, v := range g {
		x[j] = float32(v)
		g[j] = float64(x[j])
	}
	return g
}

// signs fills x with ±1.
func signs(rng *rand.Rand, x []float32) {
	for j := range x {
		x[j] = 1 - 2*float32(rng.Uint64()>>63)
	}
}
