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
	"revgn/internal/problem"
	"revgn/internal/steppertest"
	"revgn/model"
)

// Where the network already answers as wanted to the last bit there is nothing to do, and the step says so: certificate 0, no NaN, no weight touched.
func TestNothingToDo(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		problem.LeaveToGo(t, b, testing.Short())
		c := problem.Named("leaky ReLU").In(t, dtypes.Float32)
		for v := range c.Vars.Store.IterVariables() { // weights of zero, and a readout of the first K columns: z = [x1, x2] U is exact
			zero := mat.NewDense(1, v.Shape().Size(), nil)
			switch {
			case v.Trainable:
				problem.Set(t, v, problem.Tensor(c.Config.DType, zero, v.Shape().Dimensions...))
			case v.Name() == "U":
				for k := range c.Classes {
					zero.Set(0, k*c.Classes+k, 1)
				}
				problem.Set(t, v, problem.Tensor(c.Config.DType, zero, c.Width, c.Classes))
			}
		}
		x := mat.DenseCopyOf(c.X)
		for i, label := range c.Y {
			for k := range c.Classes {
				x.Set(i, k, 0)
			}
			x.Set(i, int(label), 1)
		}
		r := steppertest.NewRig(t, b, c, maker(split(c.Problem)))
		before := r.Weights(t)
		got := r.Step(t, x, c.Y, 1)
		mustBeFinite(t, got)
		if got.Report.Loss != 0 || got.Accuracy != 1 || got.Cert != 0 || got.StepNorm != 0 {
			t.Errorf("loss %g, accuracy %g, certificate %g, norm %g, want 0, 1, 0, 0", got.Report.Loss, got.Accuracy, got.Cert, got.StepNorm)
		}
		for name, after := range r.Weights(t) {
			for i := range after {
				if math.Float64bits(after[i]) != math.Float64bits(before[name][i]) {
					t.Fatalf("%s[%d] went from %v to %v", name, i, before[name][i], after[i])
				}
			}
		}
	})
}

// A half of the input that is zero leaves a coupling without bias no features at all. It stays as it is, and the others do the work.
func TestNoFeatures(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, first := range []model.Activation{model.Identity, model.ReLU} {
			t.Run(string(first), func(t *testing.T) {
				problem.LeaveToGo(t, b, testing.Short())
				p := problem.Named("paper without bias")
				p.First = first
				c := p.In(t, dtypes.Float64)
				x := mat.DenseCopyOf(c.X)
				for i := range c.Rows {
					for j := c.Config.Half(); j < c.Width; j++ {
						x.Set(i, j, 0)
					}
				}
				r := steppertest.NewRig(t, b, c, maker(split(p)))
				got := r.Step(t, x, c.Y, 1)
				mustBeFinite(t, got)
				if !got.Exact(dtypes.Float64) {
					t.Errorf("certificate %g, want at most %g", got.Cert, gnstep.Tolerance(dtypes.Float64))
				}
				if k := got.Couplings[0]; k.Rank != 0 || k.SigmaMax != 0 || k.SigmaMin != 0 {
					t.Errorf("%s without features: rank %g, σ from %g to %g, want 0", k.Name, k.Rank, k.SigmaMax, k.SigmaMin)
				}
				if after := problem.OracleNet(t, c.Vars); !mat.Equal(after.W[0], c.Net.W[0]) {
					t.Error("the coupling without features has changed")
				}
			})
		}
	})
}

// Batches large enough for tiles of the Gram matrix and for the recursion of the factorisation, and a batch of one.
func TestOtherSizes(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, dtype := range problem.DTypes() {
			for _, rows := range []int{1, 150} {
				t.Run(dtype.String(), func(t *testing.T) {
					problem.LeaveToGo(t, b, rows == 1 || dtype == dtypes.Float64 || testing.Short())
					p := problem.Problem{Name: "large", Width: 32, Blocks: 2, Hidden: 220, Classes: 5, First: model.Identity, Act: model.ReLU, Bias: true,
						Loss: model.CrossEntropy, Rows: rows, Seed: 20}
					s := take(t, b, p.In(t, dtype), split(p))
					if !s.got.Exact(dtype) {
						t.Errorf("batch of %d: certificate %g, want at most %g", rows, s.got.Cert, gnstep.Tolerance(dtype))
					}
					_, logits := s.before.Tangent(s.X, s.change)
					problem.Check(t, "JΔZ on the logits", problem.Realised, dtype, s.got.Change, logits)
				})
			}
		}
	})
}
