// SPDX-License-Identifier: Apache-2.0

package ntk_test

import (
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"

	"revgn/analysis"
	"revgn/analysis/ntk"
	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/machine"
	"revgn/internal/problem"
	"revgn/model"
)

// mnist is the network for MNIST.
func mnist() model.Config {
	c := model.Default()
	c.Width, c.Classes, c.Hidden = 784, 10, 8000
	return c
}

func blank(t testing.TB, n int) analysis.Probe {
	t.Helper()
	p, err := analysis.NewProbe("blank", "test", make([]float32, n*784), make([]int32, n), 10)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The kernels of 1000 samples of MNIST stay far below 4 GiB in all, in tiles that symmetry makes worth while, with less work than the equation has.
func TestPlanOfMNIST(t *testing.T) {
	for _, full := range []bool{false, true} {
		p, err := ntk.NewPlan(mnist(), blank(t, 1000), ntk.Options{Full: full, Kept: 3})
		if err != nil {
			t.Fatal(err)
		}
		t.Log(p)
		if p.Memory() > 2<<30 || p.Held != p.Blocks || p.Blocks < 4 || p.Blocks*p.Rows < 1000 {
			t.Errorf("plan %+v", p)
		}
		// 2L(2N²h + 2N²K²d) and K+1 passes of 4Ndh a coupling, with K for K² of the traced kernel.
		plain := 4 * (2e6*8000 + 2e6*10*392 + 11*4e3*392*8000)
		if full {
			plain += 4 * 2e6 * 90 * 392
		}
		if p.Plain != plain || p.Operations.Total() > 0.7*p.Plain || p.Operations.Total() < 0.2*p.Plain {
			t.Errorf("%.4g operations, %.4g plain, want %.4g", p.Operations.Total(), p.Plain, plain)
		}
	}
}

// Under a lower limit blocks grow smaller and fewer are held, until the kernels themselves do not fit.
func TestPlanUnderLimits(t *testing.T) {
	before := 1 << 30
	for _, limit := range []int64{4 << 30, 600 << 20, 500 << 20, 450 << 20} {
		p, err := ntk.NewPlan(mnist(), blank(t, 1000), ntk.Options{Full: true, MemoryLimit: limit})
		if err != nil {
			t.Fatalf("%d bytes: %v", limit, err)
		}
		if p.Memory() > limit || p.Rows > before {
			t.Errorf("%d bytes: %d, rows %d after %d", limit, p.Memory(), p.Rows, before)
		}
		before = p.Rows
	}
	_, err := ntk.NewPlan(mnist(), blank(t, 20_000), ntk.Options{Full: true})
	if err == nil || !strings.Contains(err.Error(), "memory limit: got 4 GiB; this kernel of 20000 samples needs") {
		t.Errorf("got %v", err)
	}
}

// What the plan says of work and features lies within a factor of what the compiler accounts for.
func TestPlanAgainstTheCompiler(t *testing.T) {
	const factor = 1.8
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		if b.Kind == "go" || testing.Short() {
			t.Skip("only a compiler gives an account of memory, and compiling takes seconds")
		}
		for _, act := range []model.Activation{model.ReLU, model.SiLU} {
			p := problem.Problem{Name: "account", Width: 128, Blocks: 2, Hidden: 1500, Classes: 10, First: model.Identity, Act: act, Bias: true,
				Loss: model.CrossEntropy, Rows: 300, Seed: 1}
			for _, full := range []bool{false, true} {
				e := newProbed(t, p, dtypes.Float32).exact(t, b, ntk.Options{Full: full})
				graphs, err := e.Compile()
				if err != nil {
					t.Fatal(err)
				}
				var most float64
				for _, g := range graphs {
					account, ok := machine.CompiledMemory(g.Executable())
					if !ok {
						t.Skip("the plugin gives no account of memory")
					}
					t.Logf("%s, full %v: %+v", act, full, account)
					most = max(most, float64(account.Temporary+account.Outputs))
				}
				plan := e.Plan()
				estimate := float64(plan.Work + plan.Features/int64(plan.Blocks))
				t.Logf("%s, full %v: work and a block's features %.4g, account %.4g", act, full, estimate, most)
				if estimate > factor*most || most > factor*estimate {
					t.Errorf("%s, full %v: estimate %.4g, account %.4g", act, full, estimate, most)
				}
			}
		}
	})
}
