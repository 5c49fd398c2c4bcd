// SPDX-License-Identifier: Apache-2.0

package model_test

import (
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/mat"

	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/problem"
	"revgn/model"
)

// controls runs fn on the networks that are tied to the weights they start from, in both dtypes.
func controls(t *testing.T, b *backend.Backend, fn func(t *testing.T, c *problem.Case)) {
	for _, p := range problem.Controls() {
		for _, dtype := range problem.DTypes() {
			t.Run(p.Name+"/"+dtype.String(), func(t *testing.T) {
				problem.LeaveToGo(t, b, dtype == dtypes.Float64 || testing.Short())
				fn(t, p.In(t, dtype))
			})
		}
	}
}

// Logits, tangents, adjoints and gradients by the weights are those of the tied network: by the oracle's dual numbers, and by autodiff.
func TestAnchoredMapsAgainstOracle(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		controls(t, b, func(t *testing.T, c *problem.Case) {
			m := newMaps(t, b, c)
			dtype, s := c.Config.DType, c.Config.Scale()
			stream, logits := c.Net.Forward(c.X)
			tangent, onLogits := c.Net.Tangent(c.X, m.direction)
			lifted := c.Net.Lift(m.g)
			for name, want := range map[string]*mat.Dense{
				"stream": stream, "logits": logits, "weight tangent": tangent, "readout of tangent": onLogits, "logits elsewhere": m.elsewhere(c.Net), "lift": lifted, "lift by its matrix": lifted,
			} {
				problem.Check(t, name, problem.Products, dtype, m.got[name], want)
			}
			var cotangent mat.Dense
			cotangent.Scale(s*s, lifted)
			m.checkAll(t, "adjoint", problem.Products, m.stacked("adjoint"), c.Net.Adjoint(c.X, &cotangent))
			m.checkAll(t, "adjoint against autodiff", problem.Gradients, m.stacked("gradient"), m.stacked("autodiff"))
			m.checkAdjointness(t)
		})
	})
}

// At the weights it starts from, a tied network has the logits of the network itself, bit for bit: what it adds is exactly zero there.
func TestAnchoredNetworkStartsAsThePlainOne(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		plain := problem.Named("paper").In(t, dtypes.Float32)
		logits := func(scale float64, linearised bool) *mat.Dense {
			config := plain.Config
			config.OutputScale, config.Linearised = scale, linearised
			vars, err := model.NewVariables(config)
			if err != nil {
				t.Fatal(err)
			}
			exec := gomlx.MustNewExec(b.Backend, vars.Store, func(_ *gomlx.Scope, x *graph.Node) *graph.Node {
				return vars.Network(x.Graph()).At(x).Logits
			})
			defer exec.Finalize()
			return problem.Dense(t, exec.MustCall(problem.Matrix(config.DType, plain.X))[0])
		}
		want := logits(1, false)
		for _, tied := range []struct {
			scale      float64
			linearised bool
		}{{0, false}, {0.1, false}, {1000, false}, {1, true}, {30, true}} {
			if got := logits(tied.scale, tied.linearised); !mat.Equal(got, want) {
				t.Errorf("scale %g, linearised %v: the logits at the start differ from those of the network", tied.scale, tied.linearised)
			}
		}
	})
}

// Only an anchored network keeps a second copy of its initial weights, which nothing trains.
func TestAnchoredVariables(t *testing.T) {
	for _, tt := range []struct {
		scale      float64
		linearised bool
		anchored   bool
	}{{0, false, false}, {1, false, false}, {2, false, true}, {0, true, true}} {
		c := small()
		plain := c.Frozen()
		c.OutputScale, c.Linearised = tt.scale, tt.linearised
		vars, err := model.NewVariables(c)
		if err != nil {
			t.Fatal(err)
		}
		copies := 0
		for v := range vars.Store.IterVariables() {
			if strings.HasPrefix(v.Path(), "/start/") {
				copies++
				if v.Trainable {
					t.Errorf("%s is trainable", v.Path())
				}
			}
		}
		want, frozen := 0, plain
		if tt.anchored {
			want, frozen = len(vars.Trained()), plain+c.Trainable()
		}
		if c.Anchored() != tt.anchored || copies != want || c.Frozen() != frozen {
			t.Errorf("%+v: anchored %v, %d copies and %d frozen parameters, want %d and %d", tt, c.Anchored(), copies, c.Frozen(), want, frozen)
		}
	}
}
