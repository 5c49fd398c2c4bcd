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

// stepChange makes a step of α = 1 and returns ΔZ in one row, the report, and the networks before and after.
func stepChange(t *testing.T, r *steppertest.Rig, x *mat.Dense) (change *mat.Dense, got steppertest.Result, before *oracle.Net) {
	t.Helper()
	before = problem.OracleNet(t, r.Vars)
	got = r.Step(t, x, r.Y, 1)
	after := problem.OracleNet(t, r.Vars)
	var all []*mat.Dense
	for i := range r.Config.Couplings() {
		z := before.Z(i)
		z.Sub(z, after.Z(i))
		all = append(all, z)
	}
	return inOneRow(all), got, before
}

// SPRING's second step is βφ + J⁺(u - Jβφ) with the dense J, and as exact as the first; the heavy ball's is J⁺u + βφ, and its certificate is ‖Jβφ‖/‖u‖. A
// step of length zero remembers too.
func TestMemoryOfTheLastChange(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, memory := range []gnstep.Memory{gnstep.Spring, gnstep.HeavyBall} {
			problem.LeaveToGo(t, b, memory == gnstep.HeavyBall || testing.Short())
			c := problem.Named("paper").In(t, dtypes.Float64)
			o := options(c.Problem, gnstep.MinNorm, 0)
			o.Memory, o.Beta = memory, 0.9
			r := steppertest.NewRig(t, b, c, maker(o))
			phi, first, _ := stepChange(t, r, c.X)
			if !first.Exact(dtypes.Float64) {
				t.Errorf("%s: certificate %g of the first step, want EXACT: there is nothing to remember", memory, first.Cert)
			}
			phi.Scale(0.9, phi)
			x := c.Gaussian(77, c.Rows, c.Width)
			change, second, before := stepChange(t, r, x)
			want, kept := secondChange(t, c, before, x, phi, memory == gnstep.Spring)
			problem.Check(t, string(memory)+": ΔZ of the second step", problem.Kernel, dtypes.Float64, change, want)
			switch {
			case memory == gnstep.Spring && !second.Exact(dtypes.Float64):
				t.Errorf("SPRING's second step has certificate %g, want EXACT", second.Cert)
			case memory == gnstep.HeavyBall:
				problem.CheckNumber(t, "certificate of the heavy ball", problem.Kernel, dtypes.Float64, second.Cert, kept)
			}
		}
	})
}

// secondChange is what the second step must be, and ‖Jφ‖/‖u‖ for the φ = β·(first change) that it remembers.
func secondChange(t *testing.T, c *problem.Case, net *oracle.Net, x, phi *mat.Dense, spring bool) (*mat.Dense, float64) {
	t.Helper()
	_, z := net.Forward(x)
	u, err := oracle.Target(string(c.Loss), oracle.Identity, z, c.Targets(t), 0)
	if err != nil {
		t.Fatal(err)
	}
	_, seen := net.Tangent(x, net.Unflatten(oracle.Vec(phi)))
	rest := mat.DenseCopyOf(u)
	if spring {
		rest.Sub(u, seen)
	}
	change, _, err := net.MinNorm(x, rest)
	if err != nil {
		t.Fatal(err)
	}
	want := inOneRow(change)
	want.Add(want, phi)
	return want, mat.Norm(seen, 2) / mat.Norm(u, 2)
}

// SPRING keeps the split exact on the stream as well.
func TestSpringOnTheSplitIsExact(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, name := range []string{"paper", "tanh, three blocks"} {
			problem.LeaveToGo(t, b, name != "paper" || testing.Short())
			c := problem.Named(name).In(t, dtypes.Float64)
			o := split(c.Problem)
			o.Memory, o.Beta = gnstep.Spring, 0.95
			r := steppertest.NewRig(t, b, c, maker(o))
			for i := range 3 {
				got := r.Step(t, c.Gaussian(uint64(80+i), c.Rows, c.Width), c.Y, 0.1)
				if !got.Exact(dtypes.Float64) {
					t.Errorf("%s, step %d: certificate %g, want EXACT", name, i+1, got.Cert)
				}
			}
		}
	})
}

// Noise moves every coupling's solution by its share of the norm, another way at every step, and the certificate sees it; the random numbers belong to the
// state, so a step can be repeated.
func TestNoiseOnTheInverse(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		problem.LeaveToGo(t, b, testing.Short())
		const noise = 0.3
		c := problem.Named("paper").In(t, dtypes.Float64)
		clean := take(t, b, problem.Named("paper").In(t, dtypes.Float64), split(c.Problem))
		o := split(c.Problem)
		o.Noise = noise
		r := steppertest.NewRig(t, b, c, maker(o))
		saved := r.Save(t)
		first, got, _ := stepChange(t, r, c.X)
		off := oracle.Compare(first, inOneRow(clean.change)).Rel
		if entries := float64(first.RawMatrix().Cols); math.Abs(off/noise-1) > 5/math.Sqrt(entries/8) {
			t.Errorf("the change is %g off the one without noise, want %g", off, noise)
		}
		if got.Exact(dtypes.Float64) || got.Cert < 0.01 {
			t.Errorf("certificate %g, want APPROXIMATE", got.Cert)
		}
		r.Restore(t, saved)
		again, _, _ := stepChange(t, r, c.X)
		if !mat.Equal(first, again) {
			t.Error("the same step from the same state has other noise")
		}
		afterwards := r.Save(t)
		for path := range saved {
			if path != "/optimizers/gn/draws" {
				afterwards[path] = saved[path]
			}
		}
		r.Restore(t, afterwards)
		second, _, _ := stepChange(t, r, c.X)
		if oracle.Compare(second, first).Rel < noise {
			t.Error("the next step has the same noise")
		}
	})
}

// Armijo's search takes the whole step where that is good, part of it where it overshoots, and none where no trial is good; what it took is where the next one
// begins.
func TestArmijo(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		problem.LeaveToGo(t, b, testing.Short())
		c := problem.Named("paper").In(t, dtypes.Float64)
		o := split(c.Problem)
		o.LineSearch = gnstep.Armijo
		r := steppertest.NewRig(t, b, c, maker(o))
		saved, weights := r.Save(t), r.Weights(t)
		whole := r.Step(t, c.X, c.Y, 0.1)
		if !whole.Accepted || whole.Rate != 0.1 || !(whole.Ratio >= 1e-4) {
			t.Errorf("α = 0.1: %+v, want it taken whole", whole.Report)
		}
		const far = 4096.
		r.Restore(t, saved)
		for try := range 12 {
			got := r.Step(t, c.X, c.Y, far)
			if got.Accepted {
				if !(got.Rate < far) || try == 0 {
					t.Errorf("try %d at α = %g took %g", try+1, far, got.Rate)
				}
				if after := r.Step(t, c.X, c.Y, 0); !(after.Report.Loss < got.Report.Loss) {
					t.Errorf("the step taken raised the loss from %g to %g", got.Report.Loss, after.Report.Loss)
				}
				return
			}
			same(t, r.Weights(t), weights)
			if got.StepNorm != 0 || !got.Finite {
				t.Errorf("a step that was not made: %+v", got.Report)
			}
		}
		t.Errorf("no step from α = %g on was taken in 12 tries of 3 lengths each", far)
	})
}
