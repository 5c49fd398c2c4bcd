// SPDX-License-Identifier: Apache-2.0

package gnstep_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"

	"revgn/gnstep"
	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/machine"
	"revgn/internal/problem"
	"revgn/internal/steppertest"
	"revgn/model"
)

// A staged step is the oracle's step on every problem, and its certificate is true of the ΔZ that it wrote.
func TestStagedAgainstOracle(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		problem.Each(t, b, problem.Heavy, func(t *testing.T, c *problem.Case) {
			taken := takeOn(t, steppertest.NewStagedRig(t, b, c, split(c.Problem)), split(c.Problem))
			taken.check(t)
			if c.Exact && !taken.got.Exact(c.Config.DType) {
				t.Errorf("certificate %g, want EXACT, at most %g", taken.got.Cert, gnstep.Tolerance(c.Config.DType))
			}
			if c.Config.DType == dtypes.Float64 && !(taken.got.Reconstruction <= 1e-9) {
				t.Errorf("the stream was rebuilt to %g", taken.got.Reconstruction)
			}
		})
	})
}

// The same for other shares, with and without carrying.
func TestStagedFamilyAgainstOracle(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, tt := range []struct {
			name, problem string
			shares        []float64
			plain         bool
		}{
			{"first", "paper", gnstep.FirstShare(2), false},
			{"last", "paper", gnstep.LastShare(2), false},
			{"first, not carrying", "leaky ReLU", gnstep.FirstShare(2), true},
			{"weights over four blocks", "silu, four blocks", []float64{0.1, 0, 0.6, 0.3}, false},
			{"weights over four blocks, not carrying", "silu, four blocks", []float64{0.4, 0, 0.6, 0}, true},
			{"weights from the second block on", "silu, four blocks", []float64{0, 0.5, 0.5, 0}, false},
			{"projection, not carrying", "fewer features than samples", nil, true},
		} {
			t.Run(tt.name, func(t *testing.T) {
				problem.LeaveToGo(t, b, tt.name != "weights over four blocks, not carrying" || testing.Short())
				c := problem.Named(tt.problem).In(t, dtypes.Float64)
				o := split(c.Problem)
				o.Shares, o.Carry = tt.shares, !tt.plain
				takeOn(t, steppertest.NewStagedRig(t, b, c, o), o).check(t)
			})
		}
	})
}

// Damped and truncated systems go through the stages too.
func TestStagedSuite(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, name := range []string{"split", "split, not carrying", "last", "exact curvature", "truncated", "damped"} {
			t.Run(name, func(t *testing.T) {
				problem.LeaveToGo(t, b, name != "truncated" || testing.Short())
				c := problem.Named("paper").In(t, dtypes.Float32)
				o := split(c.Problem)
				family()[name](&o)
				steppertest.NewStagedRig(t, b, c, o).Suite(t, 0.1)
			})
		}
	})
}

// What cannot be made block by block is refused, with the reason.
func TestNotStaged(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		problem.LeaveToGo(t, b, true)
		testNotStaged(t, b)
	})
}

func testNotStaged(t *testing.T, b *backend.Backend) {
	for name, want := range map[string]string{
		"min-norm": "inverse min-norm", "mix": "inverse mix", "SPRING": "memory spring", "Armijo": "line search armijo", "Levenberg-Marquardt": "damping schedule lm",
		"noise": "noise", "split": "",
	} {
		c := problem.Named("paper").In(t, dtypes.Float32)
		o := split(c.Problem)
		family()[name](&o)
		step, err := gnstep.New(b.Backend, c.Vars, o)
		if err != nil {
			t.Fatal(err)
		}
		_, err = gnstep.NewStaged(b.Backend, step, c.Rows)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
	c := problem.Named("paper")
	settings := c.Settings(dtypes.Float32)
	settings.Linearised = true
	vars, err := model.NewVariables(settings)
	if err != nil {
		t.Fatal(err)
	}
	step, err := gnstep.New(b.Backend, vars, split(c))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := gnstep.NewStaged(b.Backend, step, 4); err == nil {
		t.Error("a linearised network was staged")
	}
}

// Compiling builds every graph and changes nothing; blocks of a kind share theirs, so that deeper networks need no more of them and no larger ones.
func TestStagedGraphsDoNotGrowWithDepth(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		problem.LeaveToGo(t, b, testing.Short())
		var graphs []int
		var largest []int64
		for _, blocks := range []int{2, 3, 6} {
			const batch = 40
			of := footprintStep(t, b, blocks, model.ReLU)
			staged, err := gnstep.NewStaged(b.Backend, of.Step, batch)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(staged.Finalize)
			before := weightsOf(t, of.vars)
			if err := staged.Compile(); err != nil {
				t.Fatal(err)
			}
			compiled := len(staged.Graphs())
			for name, w := range weightsOf(t, of.vars) {
				if !slices.Equal(w, before[name]) {
					t.Errorf("compiling changed %s", name)
				}
			}
			x, labels := tensors.FromShape(shapes.Make(dtypes.Float32, batch, 128)), tensors.FromShape(shapes.Make(dtypes.Int32, batch))
			if _, err := staged.Make(x, labels, 0.1); err != nil {
				t.Fatal(err)
			}
			if len(staged.Graphs()) != compiled {
				t.Errorf("a step compiled %d graphs more", len(staged.Graphs())-compiled)
			}
			peak := int64(0)
			for _, g := range staged.Graphs() {
				if account, ok := machine.CompiledMemory(g.Executable()); ok {
					peak = max(peak, account.Peak())
				}
			}
			graphs, largest = append(graphs, compiled), append(largest, peak)
		}
		if graphs[1] != graphs[2] || largest[1] != largest[2] || float64(largest[1]) > 1.1*float64(largest[0]) {
			t.Errorf("2, 3 and 6 blocks: %v graphs, the largest of %v bytes", graphs, largest)
		}
		t.Logf("%v graphs, the largest of %v bytes", graphs, largest)
	})
}

func weightsOf(t *testing.T, vars *model.Variables) map[string][]float64 {
	t.Helper()
	values, err := vars.Values()
	if err != nil {
		t.Fatal(err)
	}
	flat := map[string][]float64{}
	for name, value := range values {
		flat[name] = problem.Flat(t, value)
	}
	return flat
}
