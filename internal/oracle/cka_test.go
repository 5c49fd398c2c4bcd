// SPDX-License-Identifier: Apache-2.0

package oracle

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// The closed form is the U-statistic that it stands for.
func TestHSIC1IsTheStatisticOfQuadruples(t *testing.T) {
	for _, n := range []int{4, 5, 9} {
		cfg := Config{Width: 6, Blocks: 1, Hidden: 4, Classes: 3}
		x, _ := RandomBatch(cfg, n, 1)
		y, _ := RandomBatch(cfg, n, 2)
		for name, pair := range map[string][2]*mat.Dense{
			"linear": {LinearKernel(x), LinearKernel(y)},
			"rbf":    {RBFKernel(x, 1), RBFKernel(y, 0.5)},
		} {
			got, want := HSIC1(pair[0], pair[1]), HSIC1ByDefinition(pair[0], pair[1])
			if math.Abs(got-want) > 1e-12*math.Max(1, math.Abs(want)) {
				t.Errorf("%d samples, %s: closed form %g, definition %g", n, name, got, want)
			}
		}
	}
}

// Three equally spaced points on a line: distances 1, 1, 2 with median 1.
func TestRBFKernelOfThreePoints(t *testing.T) {
	got := RBFKernel(mat.NewDense(3, 1, []float64{0, 1, 2}), 1)
	e, e4 := math.Exp(-0.5), math.Exp(-2)
	want := mat.NewDense(3, 3, []float64{1, e, e4, e, 1, e, e4, e, 1})
	if c := Compare(got, want); !c.Within(1e-15) {
		t.Error(c)
	}
}
