// SPDX-License-Identifier: Apache-2.0

package devices_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/gomlx/compute/dtypes"

	"revgn/gnstep"
	"revgn/internal/backend"
	"revgn/internal/optim"
	"revgn/internal/problem"
	"revgn/model"
)

// gaussNewton makes steps of the options, with the problem's loss.
func gaussNewton(change func(*gnstep.Options)) maker {
	return func(b *backend.Backend, vars *model.Variables) (gnstep.Stepper, error) {
		o := gnstep.DefaultOptions()
		change(&o)
		return gnstep.New(b.Backend, vars, o)
	}
}

// baseline makes steps of a baseline.
func baseline(kind optim.Kind) maker {
	return func(_ *backend.Backend, vars *model.Variables) (gnstep.Stepper, error) {
		return optim.New(vars, optim.DefaultOptions(kind))
	}
}

// Three steps on 2 and 4 devices are those on one: the same certificate, and to rounding the same weights and the same state of the optimizer.
func TestStepsAreThoseOfOneDevice(t *testing.T) {
	const steps = 3
	f32, f64 := dtypes.Float32, dtypes.Float64
	for _, tt := range []struct {
		name    string
		problem string
		dtypes  []dtypes.DType
		lr      float64
		make    maker
		op      problem.Operation
		long    bool // left out in -short
	}{
		{"gn split", "paper", []dtypes.DType{f32, f64}, 0.7, gaussNewton(func(*gnstep.Options) {}), problem.Spread, false},
		{"gn min-norm", "paper", []dtypes.DType{f32}, 0.7, gaussNewton(func(o *gnstep.Options) { o.Inverse = gnstep.MinNorm }), problem.Kernel, true},
		{"gn with memory, noise and damping", "paper", []dtypes.DType{f32}, 0.7, gaussNewton(func(o *gnstep.Options) {
			o.Memory, o.Beta, o.Noise, o.Damping = gnstep.HeavyBall, 0.5, 0.1, gnstep.Damping{Value: 0.1, Schedule: gnstep.LMDamping}
		}), problem.Spread, true},
		{"more samples than features", "wide batch", []dtypes.DType{f32}, 0.1, gaussNewton(func(*gnstep.Options) {}), problem.Spread, true},
		{"adam", "paper", []dtypes.DType{f32, f64}, 0.01, baseline(optim.Adam), problem.Update, false},
		{"momentum", "paper", []dtypes.DType{f32}, 0.1, baseline(optim.Momentum), problem.Update, true},
		{"muon", "paper", []dtypes.DType{f32}, 0.1, baseline(optim.Muon), problem.Orthogonal, true},
		{"kfac", "paper", []dtypes.DType{f32}, 0.5, baseline(optim.KFAC), problem.Factored, true},
	} {
		for _, dtype := range tt.dtypes {
			t.Run(tt.name+"/"+dtype.String(), func(t *testing.T) {
				if tt.long && testing.Short() {
					t.Skip("compiles three graphs more")
				}
				p := named(tt.problem)
				want := follow(t, 1, steps, tt.lr, p.In(t, dtype), tt.make)
				for _, count := range []int{2, 4} {
					t.Run(fmt.Sprintf("%d devices", count), func(t *testing.T) {
						compare(t, tt.op, dtype, follow(t, count, steps, tt.lr, p.In(t, dtype), tt.make), want)
					})
				}
			})
		}
	}
}

// named is a problem of the table, or one with more samples than features, whose systems are (h+1)-square.
func named(name string) problem.Problem {
	if name != "wide batch" {
		return problem.Named(name)
	}
	p := problem.Named("fewer features than samples")
	p.Hidden = 12
	return p
}

// compare holds two outcomes to a tolerance.
func compare(t *testing.T, op problem.Operation, dtype dtypes.DType, got, want outcome) {
	t.Helper()
	for i, r := range got.reports {
		w := want.reports[i]
		what := func(s string) string { return fmt.Sprintf("%s of step %d", s, i+1) }
		problem.CheckNumber(t, what("loss"), op, dtype, r.Loss, w.Loss)
		problem.CheckNumber(t, what("norm"), op, dtype, r.StepNorm, w.StepNorm)
		problem.CheckNumber(t, what("certificate"), problem.Realised, dtype, r.Cert, w.Cert)
		if r.Exact(dtype) != w.Exact(dtype) || r.Finite != w.Finite || r.Accepted != w.Accepted {
			t.Errorf("step %d: exact %v, finite %v, accepted %v; on one device %v, %v, %v", i+1, r.Exact(dtype), r.Finite, r.Accepted, w.Exact(dtype), w.Finite, w.Accepted)
		}
		for k, c := range r.Couplings {
			problem.CheckNumber(t, what("rank of "+c.Name), op, dtype, c.Rank, w.Couplings[k].Rank)
			problem.CheckNumber(t, what("σmax of "+c.Name), op, dtype, c.SigmaMax, w.Couplings[k].SigmaMax)
		}
	}
	problem.Check(t, "logits", op, dtype, got.logits, want.logits)
	if len(got.stored) != len(want.stored) {
		t.Errorf("%d variables, on one device %d", len(got.stored), len(want.stored))
	}
	worst := 0.0
	for path, value := range want.stored {
		problem.Check(t, path, op, dtype, got.stored[path], value)
		worst = math.Max(worst, relative(got.stored[path].RawMatrix().Data, value.RawMatrix().Data))
	}
	t.Logf("the furthest variable is off by %.2g of its norm", worst)
}

// relative is ‖a - b‖/‖b‖, 0 where b is.
func relative(a, b []float64) float64 {
	var off, norm float64
	for i := range b {
		off, norm = off+(a[i]-b[i])*(a[i]-b[i]), norm+b[i]*b[i]
	}
	if norm == 0 {
		return 0
	}
	return math.Sqrt(off / norm)
}
