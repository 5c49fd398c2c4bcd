// SPDX-License-Identifier: Apache-2.0

package gnstep_test

import (
	"fmt"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"gonum.org/v1/gonum/mat"

	"revgn/gnstep"
	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/oracle"
	"revgn/internal/problem"
	"revgn/internal/steppertest"
	"revgn/model"
)

// inverses are members of the family that serve any number of blocks.
func inverses() map[string]func(*gnstep.Options) {
	return map[string]func(*gnstep.Options){
		"split":    func(*gnstep.Options) {},
		"min-norm": func(o *gnstep.Options) { o.Inverse = gnstep.MinNorm },
		"mix":      func(o *gnstep.Options) { o.Inverse, o.Tau = gnstep.Mix, 0.3 },
	}
}

// Networks that are tied to the weights they start from take every step exactly, and its certificate is about the tied network: its Jacobian, by dual
// numbers, and for a linearised one the change itself, which is JΔZ with nothing left over.
func TestAnchoredStepsAgainstOracle(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, p := range problem.Controls() {
			for name, change := range inverses() {
				t.Run(p.Name+"/"+name, func(t *testing.T) {
					problem.LeaveToGo(t, b, name != "split" || testing.Short())
					o := split(p)
					change(&o)
					checkAnchored(t, take(t, b, p.In(t, dtypes.Float64), o))
				})
			}
		}
	})
}

func checkAnchored(t *testing.T, s *taken) {
	t.Helper()
	if s.opts.Inverse == gnstep.Split {
		s.check(t)
	}
	_, z := s.before.Forward(s.X)
	u, err := oracle.Target(string(s.Loss), oracle.Identity, z, s.Targets(t), 0)
	if err != nil {
		t.Fatal(err)
	}
	_, achieved := s.before.Tangent(s.X, s.change)
	for what, got := range map[string]*mat.Dense{"JΔZ by the oracle": achieved, "JΔZ by the certificate": s.got.Change} {
		if off := oracle.Compare(got, u).Rel; !(off <= 1e-9) || !(s.got.Cert <= 1e-9) {
			t.Errorf("%s is %g off what is wanted, with certificate %g, want 1e-9 at most", what, off, s.got.Cert)
		}
	}
	left := s.before.Linearisation(s.X, s.change, achieved, 1)
	if linear := left <= 1e-10; linear != s.Linearised {
		t.Errorf("linearisation error %g of the whole step; the network is linearised: %v", left, s.Linearised)
	}
}

// What is true of every stepper is true of the steps on tied networks.
func TestAnchoredStepperSuite(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, p := range problem.Controls() {
			t.Run(p.Name, func(t *testing.T) {
				problem.LeaveToGo(t, b, !p.Linearised || testing.Short())
				steppertest.Run(t, b, p.In(t, dtypes.Float32), 0.1, maker(split(p)))
			})
		}
	})
}

// On squared error one whole step of a linearised network ends at a training loss of zero: the loss is quadratic in its weights.
func TestLinearisedNetworkSolvesInOneStep(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for name, change := range inverses() {
			t.Run(name, func(t *testing.T) {
				problem.LeaveToGo(t, b, name != "min-norm" || testing.Short())
				c := start(t, "leaky ReLU")
				o := split(c.Problem)
				change(&o)
				rig := steppertest.NewRig(t, b, c, maker(o))
				before := rig.Step(t, c.X, c.Y, 1).Report.Loss
				if after := rig.Step(t, c.X, c.Y, 1).Report.Loss; !(before > 0.1 && after <= 1e-20) {
					t.Errorf("training loss %g, after one step %g, want 0", before, after)
				}
			})
		}
	})
}

// One whole minimum-norm step of a linearised network on squared error is kernel regression with its tangent kernel, with a ridge of Bλ where it is damped: the
// same predictions on samples that the step has not seen. The kernel stays as it is.
func TestLinearisedNetworkIsKernelRegression(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, lambda := range []float64{0, 1e-3, 0.1} {
			t.Run(fmt.Sprintf("λ = %g", lambda), func(t *testing.T) {
				problem.LeaveToGo(t, b, lambda != 0 || testing.Short())
				checkKernelRegression(t, b, lambda)
			})
		}
	})
}

func checkKernelRegression(t *testing.T, b *backend.Backend, lambda float64) {
	t.Helper()
	c := start(t, "leaky ReLU")
	unseen := c.Gaussian(7, 10, c.Width)
	want, err := c.Net.KernelRegression(c.X, c.Targets(t), unseen, lambda*float64(c.Rows))
	if err != nil {
		t.Fatal(err)
	}
	_, kernel := c.Net.DenseJacobian(unseen)
	o := options(c.Problem, gnstep.MinNorm, 0)
	o.Damping.Value = lambda
	rig := steppertest.NewRig(t, b, c, maker(o))
	rig.Step(t, c.X, c.Y, 1)
	got := rig.Step(t, unseen, make([]int32, 10), 0).Logits
	problem.Check(t, "predictions", problem.Kernel, dtypes.Float64, got, want)
	if _, after := problem.OracleNet(t, c.Vars).DenseJacobian(unseen); !mat.Equal(after, kernel) {
		t.Error("the Jacobian has changed")
	}
}

// start is a linearised problem at the weights it starts from, in Float64.
func start(t *testing.T, name string) *problem.Case {
	t.Helper()
	p := problem.Named(name)
	p.Linearised = true
	c := p.In(t, dtypes.Float64)
	for _, named := range c.Vars.Trained() {
		value, err := c.Config.InitialValue(named.Name)
		if err != nil {
			t.Fatal(err)
		}
		problem.Set(t, named.Variable, value)
	}
	c.Net = problem.OracleNet(t, c.Vars)
	if c.Loss != model.SquaredError {
		t.Fatalf("problem %s has loss %s, want %s", name, c.Loss, model.SquaredError)
	}
	return c
}
