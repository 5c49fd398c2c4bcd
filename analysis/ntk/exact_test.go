// SPDX-License-Identifier: Apache-2.0

package ntk_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"gonum.org/v1/gonum/mat"

	"revgn/analysis"
	"revgn/analysis/ntk"
	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/oracle"
	"revgn/internal/problem"
	"revgn/model"
)

// probed is a case with its samples as a probe set, which holds them in float32.
type probed struct {
	*problem.Case
	probe analysis.Probe
}

func newProbed(t testing.TB, p problem.Problem, dtype dtypes.DType) probed {
	t.Helper()
	c := p.In(t, dtype)
	x := make([]float32, 0, c.Rows*c.Width)
	for i := range c.Rows {
		for j := range c.Width {
			v := float32(c.X.At(i, j))
			c.X.Set(i, j, float64(v))
			x = append(x, v)
		}
	}
	probe, err := analysis.NewProbe(p.Name, "test", x, c.Y, p.Classes)
	if err != nil {
		t.Fatal(err)
	}
	return probed{c, probe}
}

func (c probed) exact(t testing.TB, b *backend.Backend, o ntk.Options) *ntk.Exact {
	t.Helper()
	e, err := ntk.NewExact(b.Backend, c.Vars, c.probe, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Finalize)
	return e
}

func (c probed) kernel(t testing.TB, b *backend.Backend, o ntk.Options) *ntk.Kernel {
	t.Helper()
	k, err := c.exact(t, b, o).Kernel(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// whole is a kernel as one matrix, row n·K + k sample n's logit k.
func whole(k *ntk.Kernel) *mat.Dense {
	m := mat.NewDense(k.Size(), k.Size(), nil)
	for n := range k.Samples {
		for i := range k.Classes {
			for o := range k.Samples {
				for j := range k.Classes {
					m.Set(n*k.Classes+i, o*k.Classes+j, k.At(n, i, o, j))
				}
			}
		}
	}
	return m
}

// want is the kernel from the oracle's dense Jacobian.
func (c probed) want(full bool) *mat.Dense {
	theta := c.Net.TangentKernel(c.X)
	if full {
		return theta
	}
	return oracle.ClassTraced(theta, c.Classes)
}

// The kernel is JJᵀ of the dense Jacobian, on every problem and on networks tied to their start, traced and full, in one tile and in several with a ragged last.
func TestKernelAgainstJacobian(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		problem.Each(t, b, problem.Heavy, func(t *testing.T, c *problem.Case) { checkKernel(t, b, c.Problem, c.Config.DType) })
		for _, p := range problem.Controls() {
			t.Run(p.Name, func(t *testing.T) {
				problem.LeaveToGo(t, b, true)
				for _, dtype := range problem.DTypes() {
					checkKernel(t, b, p, dtype)
				}
			})
		}
	})
}

func checkKernel(t *testing.T, b *backend.Backend, p problem.Problem, dtype dtypes.DType) {
	t.Helper()
	c := newProbed(t, p, dtype)
	for _, full := range []bool{false, true} {
		want := c.want(full)
		for _, rows := range []int{0, (c.Rows + 2) / 3, c.Rows/2 + 1} {
			k := c.kernel(t, b, ntk.Options{Full: full, Rows: rows})
			got := whole(k)
			what := fmt.Sprintf("full %v, rows %d", full, rows)
			problem.Check(t, what, problem.TangentKernel, dtype, got, want)
			if !mat.Equal(got, got.T()) {
				t.Errorf("%s: the kernel is not symmetric", what)
			}
			problem.CheckNumber(t, what+": trace", problem.TangentKernel, dtype, k.Trace(), mat.Trace(want))
			checkValues(t, k, got)
		}
	}
}

// checkValues compares the array that is written with the entries.
func checkValues(t *testing.T, k *ntk.Kernel, want *mat.Dense) {
	t.Helper()
	at := func(i int) float64 { return float64(k.Values().([]float32)[i]) }
	if values, ok := k.Values().([]float64); ok {
		at = func(i int) float64 { return values[i] }
	}
	for i := 0; i < k.Size(); i += 3 {
		for j := 0; j < k.Size(); j += 2 {
			if got := at(i*k.Size() + j); got != want.At(i, j) {
				t.Fatalf("value %d, %d is %g, want %g", i, j, got, want.At(i, j))
			}
		}
	}
}

// Few blocks held at a time give the same kernel bit by bit, and the plan says how often blocks are computed.
func TestHeldBlocks(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		problem.LeaveToGo(t, b, true)
		c := newProbed(t, problem.Named("paper"), dtypes.Float64)
		for _, full := range []bool{false, true} {
			all := c.exact(t, b, ntk.Options{Full: full, Rows: 4})
			plan := all.Plan()
			if plan.Blocks != 6 || plan.Held != 6 || plan.Computed != 6 || plan.Tiles != 21 {
				t.Fatalf("plan %+v", plan)
			}
			want, err := all.Kernel(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			// Room for three blocks: two are held, and one goes by.
			limit := plan.Weights + plan.Work + plan.Kernels + plan.Features/2
			few := c.exact(t, b, ntk.Options{Full: full, Rows: 4, MemoryLimit: limit})
			if p := few.Plan(); p.Held != 2 || p.Computed != 6+4+2 || p.Memory() > limit {
				t.Fatalf("plan under %d bytes: %+v, in all %d", limit, p, p.Memory())
			}
			tiles := 0
			got, err := few.Kernel(t.Context(), func(done, of int) {
				if tiles++; done != tiles || of != 21 {
					t.Errorf("progress %d of %d after %d tiles", done, of, tiles)
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			if tiles != 21 || !mat.Equal(whole(got), whole(want)) {
				t.Errorf("full %v: %d tiles, and the kernel differs", full, tiles)
			}
		}
	})
}

// Of few samples identity couplings are gone through without CW: fewer operations, the same kernel.
func TestFewSamples(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		problem.LeaveToGo(t, b, true)
		p := problem.Named("paper")
		p.Width, p.Blocks = 64, 3
		for _, act := range []model.Activation{model.ReLU, model.Identity} {
			p.Act = act
			for rows, apart := range map[int]bool{2: true, 40: false} {
				p.Rows = rows
				c := newProbed(t, p, dtypes.Float64)
				for _, full := range []bool{false, true} {
					e := c.exact(t, b, ntk.Options{Full: full})
					k, err := e.Kernel(t.Context(), nil)
					if err != nil {
						t.Fatal(err)
					}
					problem.Check(t, fmt.Sprintf("%s, %d samples, full %v", act, rows, full), problem.TangentKernel, dtypes.Float64, whole(k), c.want(full))
					cw := 2.0 * 32 * 32 * 40 // for an identity coupling
					if forward := e.Plan().Operations.Forward; apart != (forward < 2*cw) && act == model.ReLU {
						t.Errorf("%d samples: %g operations forward, CW takes %g", rows, forward, cw)
					}
				}
			}
		}
	})
}

// What cannot be computed is refused before anything is compiled.
func TestRefuses(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		c := newProbed(t, problem.Named("paper"), dtypes.Float32)
		narrow, err := analysis.NewProbe("narrow", "test", make([]float32, 12), make([]int32, 2), 3)
		if err != nil {
			t.Fatal(err)
		}
		other := c.probe
		other.Classes = 4
		for want, ask := range map[string]struct {
			p analysis.Probe
			o ntk.Options
		}{
			"memory limit: got 1 KiB; this kernel of 24 samples needs": {c.probe, ntk.Options{MemoryLimit: 1 << 10}},
			"memory limit: got -1 bytes":                               {c.probe, ntk.Options{MemoryLimit: -1}},
			"rows of a block: got 25; allowed: 1 to 24":                {c.probe, ntk.Options{Rows: 25}},
			"kept kernels: got -2":                                     {c.probe, ntk.Options{Kept: -2}},
			"samples of 6 features; want 8":                            {narrow, ntk.Options{}},
			"got 4 classes; want 3":                                    {other, ntk.Options{}},
		} {
			if _, err := ntk.NewExact(b.Backend, c.Vars, ask.p, ask.o); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want %q", err, want)
			}
		}
	})
}
