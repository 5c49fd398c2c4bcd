// SPDX-License-Identifier: Apache-2.0

package oracle

import (
	"fmt"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// problem is one declared case: a network, a loss and a number of samples.
type problem struct {
	Config
	loss string
	rows int
	seed uint64
}

func (p problem) String() string {
	return fmt.Sprintf("L%d_D%d_h%d_K%d_%s_%s_bias=%t_%s_B%d", p.Blocks, p.Width, p.Hidden, p.Classes, p.FirstAct, p.Act, p.Bias, p.loss, p.rows)
}

func (p problem) draw() (*Net, *mat.Dense, []int32) {
	x, y := RandomBatch(p.Config, p.rows, p.seed)
	return RandomNet(p.Config, p.seed), x, y
}

// problems covers every activation, both losses, with and without bias, one to six blocks.
func problems() []problem {
	var out []problem
	for i, act := range Activations() {
		out = append(out,
			problem{Config{8, 2, 14, 3, act, "identity", true}, CrossEntropy, 5, uint64(i)},
			problem{Config{6, 1 + i, 11, 2, act, act, i%2 == 0}, MSE, 4, uint64(10 + i)})
	}
	return out
}

func each(t *testing.T, problems []problem, f func(t *testing.T, p problem)) {
	t.Helper()
	for _, p := range problems {
		t.Run(p.String(), func(t *testing.T) { f(t, p) })
	}
}

// within fails unless got is want up to tol relative to the Frobenius norm.
func within(t *testing.T, what string, got, want *mat.Dense, tol float64) {
	t.Helper()
	if c := Compare(got, want); !c.Within(tol) {
		t.Errorf("%s: %v, tolerance %g", what, c, tol)
	}
}

// atMost fails unless got <= limit; a NaN fails.
func atMost(t *testing.T, what string, got, limit float64) {
	t.Helper()
	if !(got <= limit) {
		t.Errorf("%s = %.3g, want at most %g", what, got, limit)
	}
}
