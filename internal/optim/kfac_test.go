// SPDX-License-Identifier: Apache-2.0

package optim_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"gonum.org/v1/gonum/mat"

	"revgn/gnstep"
	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/optim"
	"revgn/internal/oracle"
	"revgn/internal/problem"
	"revgn/internal/steppertest"
)

func kfacRig(t *testing.T, b *backend.Backend, c *problem.Case, damping float64) *steppertest.Rig {
	o := optim.DefaultOptions(optim.KFAC)
	o.Loss, o.KFACDamping = c.Loss, damping
	return steppertest.NewRig(t, b, c, maker(o))
}

// Three steps, which adapt λ on their way, against dense Kronecker products in float64: both losses, with a bias and without, batches on either side of the
// number of features, identity couplings and others.
func TestKFACFollowsTheWholeKroneckerProduct(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, name := range []string{
			"paper", "leaky ReLU", "fewer features than samples", "fewer features than samples, no bias", "identity block narrower than its half, more samples",
		} {
			for _, dtype := range problem.DTypes() {
				t.Run(name+"/"+dtype.String(), func(t *testing.T) {
					p := problem.Named(name)
					problem.LeaveToGo(t, b, !p.Compiled || dtype == dtypes.Float64 && (testing.Short() || name != "paper"))
					followKFAC(t, b, p.In(t, dtype))
				})
			}
		}
	})
}

func followKFAC(t *testing.T, b *backend.Backend, c *problem.Case) {
	const lambda, lr = 0.1, 0.7
	dtype := c.Config.DType
	rig := kfacRig(t, b, c, lambda)
	batches := []*mat.Dense{c.X, c.Gaussian(50, c.Rows, c.Width)}
	net, damping := c.Net, lambda
	for i := range 3 {
		x := batches[i%2]
		got := rig.Step(t, x, c.Y, lr)
		what := func(s string) string { return fmt.Sprintf("%s of step %d", s, i+1) }
		want, err := net.KFAC(string(c.Loss), x, c.Targets(t), damping)
		if err != nil {
			t.Fatal(err)
		}
		before := net
		net = net.Apply(want.DZ, lr)
		actual := lossOf(t, net, x, c) - lossOf(t, before, x, c)
		ratio := actual / (-lr*want.Slope + lr*lr*want.Bend/2)
		if !got.Accepted || actual >= 0 {
			t.Fatalf("step %d: accepted is %v where the loss changes by %g", i+1, got.Accepted, actual)
		}
		problem.CheckNumber(t, what("λ"), problem.Update, dtype, got.Damping, damping)
		problem.CheckNumber(t, what("length"), problem.Factored, dtype, got.Rate/(lr*want.Scale), 1)
		problem.CheckNumber(t, what("gain ratio"), problem.Factored, dtype, got.Ratio, ratio)
		damping *= factorFor(ratio)
		now := problem.OracleNet(t, c.Vars)
		for k, dz := range want.DZ {
			var moved mat.Dense
			moved.Sub(before.Z(k), now.Z(k))
			moved.Scale(1/lr, &moved)
			problem.Check(t, what("ΔZ of "+oracle.CouplingName(k)), problem.Factored, dtype, &moved, dz)
		}
		net = now // rounding of one step is not carried into the next
	}
}

// factorFor is what the rule multiplies λ by after a step that lowered the loss.
func factorFor(ratio float64) float64 {
	switch {
	case ratio > 0.75:
		return 1 / 1.5
	case ratio < 0.25:
		return 1.5
	}
	return 1
}

func lossOf(t *testing.T, net *oracle.Net, x *mat.Dense, c *problem.Case) float64 {
	t.Helper()
	_, logits := net.Forward(x)
	loss, err := oracle.Loss(string(c.Loss), logits, c.Targets(t))
	if err != nil {
		t.Fatal(err)
	}
	return loss
}

// A step that would raise the loss leaves every weight bit-equal and raises λ, also where the loss after it is no number; one that lowers it as predicted lowers
// λ; one of length zero changes neither.
func TestKFACRefusesWhatRaisesTheLoss(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, dtype := range problem.DTypes() {
			t.Run(dtype.String(), func(t *testing.T) {
				problem.LeaveToGo(t, b, dtype == dtypes.Float64)
				c := problem.Named("paper").In(t, dtype)
				rig := kfacRig(t, b, c, 0.1)
				for _, tt := range []struct {
					name     string
					lr       float64
					accepted bool
					factor   float64 // of λ after the step
				}{
					{"far too long", 1e4, false, 4},
					{"without bound", 1e30, false, 4},
					{"of length zero", 0, true, 1},
					{"short", 0.1, true, 1 / 1.5},
				} {
					before := rig.Save(t)
					got := rig.Step(t, c.X, c.Y, tt.lr)
					changed := false
					for v := range c.Vars.Store.IterVariables() {
						now, was := problem.Flat(t, v.MustValue()), problem.Flat(t, before[v.Path()])
						if v.Path() == gnstep.StateScope+"kfac/damping" {
							if factor := now[0] / was[0]; math.Abs(factor-tt.factor) > 1e-6 {
								t.Errorf("a step %s multiplies λ by %g, want %g", tt.name, factor, tt.factor)
							}
							continue
						}
						for i := range now {
							changed = changed || math.Float64bits(now[i]) != math.Float64bits(was[i])
						}
					}
					if want := tt.accepted && tt.lr > 0; changed != want {
						t.Errorf("a step %s: weights changed is %v, want %v", tt.name, changed, want)
					}
					if got.Accepted != tt.accepted || !got.Finite || (got.StepNorm > 0) != changed {
						t.Errorf("a step %s: accepted %v, finite %v, norm %g", tt.name, got.Accepted, got.Finite, got.StepNorm)
					}
				}
			})
		}
	})
}

// A damping far too small for the problem, where the factors alone say how far a step goes, gives steps that are finite and refused, until λ has grown to one
// with which the loss falls.
func TestKFACRecoversFromTooLittleDamping(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, dtype := range problem.DTypes() {
			t.Run(dtype.String(), func(t *testing.T) {
				problem.LeaveToGo(t, b, dtype == dtypes.Float64)
				p := problem.Named("paper")
				p.Hidden, p.Rows = 300, 200 // the identity block's ΦΦᵀ has rank 5 of 200
				c := p.In(t, dtype)
				rig := kfacRig(t, b, c, 1e-15)
				last := 0.0
				for step := range 60 {
					got := rig.Step(t, c.X, c.Y, 3)
					if !got.Finite || !(got.Damping > last) {
						t.Fatalf("step %d: finite %v, λ %g after %g", step+1, got.Finite, got.Damping, last)
					}
					if got.Accepted {
						return
					}
					last = got.Damping
				}
				t.Errorf("no step was accepted, and λ is %g", last)
			})
		}
	})
}
