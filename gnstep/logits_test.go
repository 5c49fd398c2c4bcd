// SPDX-License-Identifier: Apache-2.0

package gnstep_test

import (
	"math"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"gonum.org/v1/gonum/mat"

	"revgn/gnstep"
	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/oracle"
	"revgn/internal/problem"
	"revgn/internal/steppertest"
)

// A network that is trained by exact steps on the full batch comes to the logits of gradient descent in the logits (docs/mathematics.md, section 9), whichever
// right inverse makes them: it is beside them in proportion to α, here after as long a way with half the rate.
func TestLogitsFollowGradientDescent(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, inverse := range []gnstep.Inverse{gnstep.Split, gnstep.MinNorm} {
			t.Run(string(inverse), func(t *testing.T) {
				problem.LeaveToGo(t, b, testing.Short())
				far, near := besideLogits(t, b, inverse, 0.05, 40), besideLogits(t, b, inverse, 0.025, 80)
				if far > 0.1 || math.Abs(far/near-2) > 0.1 {
					t.Errorf("%.3g beside gradient descent in the logits at α = 0.05, %.3g at 0.025; want little, and half of it", far, near)
				}
			})
		}
	})
}

// besideLogits is how far training ends from gradient descent in the logits with the same rate, in units of the way.
func besideLogits(t *testing.T, b *backend.Backend, inverse gnstep.Inverse, lr float64, steps int) float64 {
	t.Helper()
	c := problem.Named("gelu").In(t, dtypes.Float64)
	r := steppertest.NewRig(t, b, c, maker(options(c.Problem, inverse, 0)))
	start := r.Step(t, c.X, c.Y, lr).Logits
	want := mat.DenseCopyOf(start)
	for range steps {
		slope, err := oracle.Gradient(string(c.Loss), want, c.Targets(t))
		if err != nil {
			t.Fatal(err)
		}
		slope.Scale(lr, slope)
		want.Sub(want, slope)
	}
	for range steps - 1 {
		r.Step(t, c.X, c.Y, lr)
	}
	_, got := problem.OracleNet(t, c.Vars).Forward(c.X)
	var beside, way mat.Dense
	beside.Sub(got, want)
	way.Sub(want, start)
	return mat.Norm(&beside, 2) / mat.Norm(&way, 2)
}
