// SPDX-License-Identifier: Apache-2.0

package gnstep_test

import (
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"revgn/gnstep"
	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/machine"
	"revgn/model"
)

// The estimate of a step's memory lies within a factor of what the compiler accounts for, and what it says of recomputation does not grow with the blocks.
func TestFootprint(t *testing.T) {
	const batch, factor = 200, 1.6
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		if b.Kind == "go" || testing.Short() {
			t.Skip("only a compiler gives an account of memory, and compiling takes seconds")
		}
		for _, tt := range []struct {
			blocks int
			act    model.Activation
		}{{2, model.ReLU}, {6, model.ReLU}, {3, model.SiLU}} {
			step := footprintStep(t, b, tt.blocks, tt.act)
			account, ok := machine.CompiledMemory(compileWhole(t, b, step.vars, step.Step, batch).Executable())
			if !ok {
				t.Skip("the plugin gives no account of memory")
			}
			estimate := step.Footprint(batch, false)
			got, want := float64(estimate.Total()), float64(account.Peak())
			t.Logf("%d blocks, %s: estimate %+v = %.4g, account %+v = %.4g", tt.blocks, tt.act, estimate, got, account, want)
			if got > factor*want || want > factor*got {
				t.Errorf("%d blocks, %s: estimate %.4g, account %.4g", tt.blocks, tt.act, got, want)
			}
		}
	})
}

type footprintOf struct {
	*gnstep.Step
	vars *model.Variables
}

func footprintStep(t *testing.T, b *backend.Backend, blocks int, act model.Activation) footprintOf {
	t.Helper()
	vars, err := model.NewVariables(model.Config{
		Width: 128, Classes: 10, Blocks: blocks, Hidden: 1500, Activation: act, FirstActivation: model.Identity, InitStd: 1e-3, ProjGain: 1, Bias: true,
		OutputScale: 1, DType: dtypes.Float32, Seed: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	step, err := gnstep.New(b.Backend, vars, gnstep.DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	return footprintOf{step, vars}
}

func compileWhole(t *testing.T, b *backend.Backend, vars *model.Variables, step *gnstep.Step, batch int) *graph.Graph {
	t.Helper()
	exec, err := gomlx.NewExec(b.Backend, vars.Store, func(_ *gomlx.Scope, x, labels, lr *graph.Node) []*graph.Node {
		o := step.Build(x, labels, lr)
		return []*graph.Node{o.Pack(), o.Logits, o.Certificate.Change}
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(exec.Finalize)
	g, err := exec.Compile(shapes.Make(dtypes.Float32, batch, vars.Config.Width), shapes.Make(dtypes.Int32, batch), shapes.Make(dtypes.Float32))
	if err != nil {
		t.Fatal(err)
	}
	return g
}
