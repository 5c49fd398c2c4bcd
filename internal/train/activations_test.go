// SPDX-License-Identifier: Apache-2.0

package train

import (
	"context"
	"strings"
	"testing"

	"revgn/internal/backend"
	"revgn/internal/config"
	"revgn/internal/record"
	"revgn/model"
)

// What becomes of activations follows from the option and the limit; a limit that nothing meets, and steps that cannot recompute, are refused with a way out.
func TestPlanActivations(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*config.Options)
		staged bool
		err    string
	}{
		{"auto with room", func(*config.Options) {}, false, ""},
		{"auto without", func(o *config.Options) { o.MemoryLimit = 300 << 10 }, true, ""},
		{"asked for", func(o *config.Options) { o.Activations = config.ActivationsRecompute }, true, ""},
		{"cached within a limit", func(o *config.Options) { o.Activations, o.MemoryLimit = config.ActivationsCache, 1<<30 }, false, ""},
		{"cached above the limit", func(o *config.Options) { o.Activations, o.MemoryLimit = config.ActivationsCache, 150<<10 }, false, "--activations recompute"},
		{"beyond both", func(o *config.Options) { o.MemoryLimit = 4 << 10 }, false, "--batch-size"},
		{"minimum norm", func(o *config.Options) {
			o.Activations, o.Inverse.Kind = config.ActivationsRecompute, config.InverseMinNorm
		}, false, "inverse min-norm"},
		{"minimum norm, auto", func(o *config.Options) { o.Inverse.Kind = config.InverseMinNorm }, false, ""},
		{"a baseline", func(o *config.Options) { o.Activations, o.Optimizer = config.ActivationsRecompute, config.Adam }, false, "optimizer adam keeps them"},
		{"several devices", func(o *config.Options) { o.Activations, o.Devices = config.ActivationsRecompute, 2 }, false, "several devices"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := config.Default()
			o.Hidden, o.BatchSize, o.Blocks = 40, 32, 6
			tt.change(&o)
			b, err := backend.Open(context.Background(), backend.Options{Name: "go", Offline: true})
			if err != nil {
				t.Fatal(err)
			}
			defer b.Finalize()
			vars, err := model.NewVariables(NetworkConfig(o, 16, 4))
			if err != nil {
				t.Fatal(err)
			}
			stepper, err := NewStepper(b.Backend, vars, o)
			if err != nil {
				t.Fatal(err)
			}
			p, err := PlanActivations(o, stepper, o.BatchSize, true)
			t.Log(p.line())
			switch {
			case tt.err == "" && (err != nil || p.Staged != tt.staged):
				t.Errorf("staged %v, %v, want %v", p.Staged, err, tt.staged)
			case tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)):
				t.Errorf("%v, want %q", err, tt.err)
			}
		})
	}
}

// A run with recomputed activations is the run with cached ones, to rounding.
func TestRecomputedRun(t *testing.T) {
	dataset := noise(t, 128, 12)
	losses := map[config.Activations]float64{}
	for _, activations := range []config.Activations{config.ActivationsCache, config.ActivationsRecompute} {
		o := options(t, dataset, 6)
		o.DType, o.Blocks, o.Activations = config.F64, 3, activations
		r, err := Run(context.Background(), o, &listener{}, func(Plan) {})
		if err != nil {
			t.Fatal(err)
		}
		if r.Summary.Status != record.Done || r.Summary.ExactSteps != 6 {
			t.Errorf("%s: %+v", activations, r.Summary)
		}
		losses[activations] = float64(r.Summary.Last.TrainLoss.Value)
	}
	cached, recomputed := losses[config.ActivationsCache], losses[config.ActivationsRecompute]
	if d := cached - recomputed; d > 1e-9*cached || -d > 1e-9*cached {
		t.Errorf("training loss %.15g with cached and %.15g with recomputed activations", cached, recomputed)
	}
}
