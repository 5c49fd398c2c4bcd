// SPDX-License-Identifier: Apache-2.0

package optim_test

import (
	"fmt"
	"math"
	"strings"
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
	"revgn/model"
)

func maker(o optim.Options) steppertest.Maker {
	return func(_ *backend.Backend, vars *model.Variables) (gnstep.Stepper, error) { return optim.New(vars, o) }
}

// each runs fn on every baseline, backend and dtype.
func each(t *testing.T, fn func(t *testing.T, b *backend.Backend, kind optim.Kind, dtype dtypes.DType)) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, kind := range optim.Kinds() {
			for _, dtype := range problem.DTypes() {
				t.Run(fmt.Sprintf("%s/%s", kind, dtype), func(t *testing.T) {
					problem.LeaveToGo(t, b, dtype == dtypes.Float64 && testing.Short())
					fn(t, b, kind, dtype)
				})
			}
		}
	})
}

func TestStepperSuite(t *testing.T) {
	each(t, func(t *testing.T, b *backend.Backend, kind optim.Kind, dtype dtypes.DType) {
		o := optim.DefaultOptions(kind)
		c := problem.Named("paper").In(t, dtype)
		o.Loss = c.Loss
		// Rates that lower the loss and change weights by far more than they are rounded: Adam's steps are as long as its rate.
		lr := map[optim.Kind]float64{optim.SGD: 0.05, optim.Momentum: 0.05, optim.Adam: 2e-3, optim.AdamW: 2e-3, optim.Muon: 0.01, optim.KFAC: 0.5}[kind]
		steppertest.Run(t, b, c, lr, maker(o))
	})
}

// Five steps on two batches with a learning rate of its own each, against PyTorch's formulas on gradients of the oracle. Step three has rate zero: it
// leaves the weights, but not the moments.
func TestBaselinesFollowPyTorch(t *testing.T) {
	each(t, func(t *testing.T, b *backend.Backend, kind optim.Kind, dtype dtypes.DType) {
		if kind == optim.Muon || kind == optim.KFAC {
			t.Skip("not a rule for each weight by itself: see the tests of its own")
		}
		for _, decay := range []float64{0, 0.1} {
			t.Run(fmt.Sprintf("decay %g", decay), func(t *testing.T) {
				problem.LeaveToGo(t, b, decay == 0 && testing.Short())
				follow(t, b, problem.Named("leaky ReLU").In(t, dtype), kind, decay)
			})
		}
	})
}

func follow(t *testing.T, b *backend.Backend, c *problem.Case, kind optim.Kind, decay float64) {
	o := optim.DefaultOptions(kind)
	o.Loss, o.WeightDecay, o.Eps, o.Beta2 = c.Loss, decay, 1e-4, 0.95
	reference := &oracle.Optimizer{Kind: string(kind), Momentum: o.Momentum, Beta1: o.Beta1, Beta2: o.Beta2, Eps: o.Eps, Decay: decay}
	rig := steppertest.NewRig(t, b, c, maker(o))
	batches := []*mat.Dense{c.X, c.Gaussian(50, c.Rows, c.Width)}
	net := c.Net
	for i, lr := range []float64{0.05, 0.02, 0, 0.1, 0.01} {
		x := batches[i%2]
		report := rig.Step(t, x, c.Y, lr)
		_, logits := net.Forward(x)
		loss, err := oracle.Loss(string(c.Loss), logits, c.Targets(t))
		if err != nil {
			t.Fatal(err)
		}
		problem.CheckNumber(t, fmt.Sprintf("loss of step %d", i+1), problem.Update, c.Config.DType, report.Report.Loss, loss)
		net = moved(t, net, x, c, reference, lr)
		now := problem.OracleNet(t, c.Vars)
		for k := range net.Couplings() {
			problem.Check(t, fmt.Sprintf("%s after step %d", oracle.CouplingName(k), i+1), problem.Update, c.Config.DType, now.Z(k), net.Z(k))
		}
	}
}

// moved is the network after one step of the reference.
func moved(t *testing.T, net *oracle.Net, x *mat.Dense, c *problem.Case, o *oracle.Optimizer, lr float64) *oracle.Net {
	t.Helper()
	z := net.Flatten(weightsOf(net))
	if err := o.Step(z, net.Flatten(gradientOf(t, net, x, c)), lr); err != nil {
		t.Fatal(err)
	}
	return at(net, net.Unflatten(z))
}

// gradientOf is the oracle's gradient of the mean loss, one matrix a coupling.
func gradientOf(t *testing.T, net *oracle.Net, x *mat.Dense, c *problem.Case) []*mat.Dense {
	t.Helper()
	_, logits := net.Forward(x)
	residual, err := oracle.Gradient(string(c.Loss), logits, c.Targets(t))
	if err != nil {
		t.Fatal(err)
	}
	residual.Scale(1/float64(c.Rows), residual)
	return net.Adjoint(x, net.Lift(residual))
}

// weightsOf are Z of every coupling.
func weightsOf(net *oracle.Net) []*mat.Dense {
	var z []*mat.Dense
	for k := range net.Couplings() {
		z = append(z, net.Z(k))
	}
	return z
}

// at is the network with other weights.
func at(net *oracle.Net, weights []*mat.Dense) *oracle.Net {
	var change []*mat.Dense
	for k, before := range weightsOf(net) {
		before.Sub(before, weights[k])
		change = append(change, before)
	}
	return net.Apply(change, 1)
}

func TestRefusals(t *testing.T) {
	vars, err := model.NewVariables(problem.Named("paper").Settings(dtypes.Float32))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		o    optim.Options
		want []string
	}{
		{"unknown kind", optim.Options{Kind: "lion", Loss: model.CrossEntropy}, []string{`"lion"`, "sgd", "momentum", "adam", "adamw", "muon", "kfac"}},
		{"no damping", optim.Options{Kind: optim.KFAC, Loss: model.CrossEntropy}, []string{"kfac damping 0", "between"}},
		{"damping not a number", optim.Options{Kind: optim.KFAC, Loss: model.CrossEntropy, KFACDamping: math.NaN()}, []string{"NaN", "between"}},
		{"no kind", optim.Options{Loss: model.CrossEntropy}, []string{`""`, "sgd"}},
		{"unknown loss", optim.Options{Kind: optim.SGD, Loss: "hinge"}, []string{`"hinge"`, "cross-entropy", "mse"}},
	} {
		_, err := optim.New(vars, tt.o)
		for _, want := range tt.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: error %v does not name %s", tt.name, err, want)
			}
		}
	}
}

// The defaults are PyTorch's, except that muon does not decay.
func TestDefaults(t *testing.T) {
	for _, kind := range optim.Kinds() {
		o := optim.DefaultOptions(kind)
		momentum, decay := 0.9, 0.0
		switch kind {
		case optim.AdamW:
			decay = 0.01
		case optim.Muon:
			momentum = 0.95
		}
		want := optim.Options{Kind: kind, Loss: model.CrossEntropy, Momentum: momentum, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, WeightDecay: decay, KFACDamping: 0.01}
		if o != want {
			t.Errorf("%s: defaults %+v, want %+v", kind, o, want)
		}
	}
}
