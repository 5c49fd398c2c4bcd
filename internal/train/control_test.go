// SPDX-License-Identifier: Apache-2.0

package train

import (
	"context"
	"slices"
	"strings"
	"testing"

	"revgn/internal/config"
	"revgn/internal/record"
)

// A run on a network that is tied to its start says so and lowers the loss; its checkpoint leaves the start out, which follows from the configuration.
func TestControls(t *testing.T) {
	for _, tt := range []struct {
		name, line string
		change     func(*config.Options)
	}{
		{"linearised", "linearised at its initial weights", func(o *config.Options) { o.Linearised = true }},
		{"scaled", "output scale 10", func(o *config.Options) { o.OutputScale = 10 }},
		{"both, with adam", "linearised at its initial weights, output scale 3", func(o *config.Options) {
			o.Linearised, o.OutputScale, o.Optimizer, o.LR = true, 3, config.Adam, 1e-3
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := options(t, noise(t, 100, 8), 3)
			tt.change(&o)
			var plan Plan
			if _, err := Run(context.Background(), o, &listener{}, func(p Plan) { plan = p }); err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(plan.Lines, func(l string) bool { return strings.HasPrefix(l, "control ") && strings.Contains(l, tt.line) }) {
				t.Errorf("no line of the plan says %q:\n%s", tt.line, strings.Join(plan.Lines, "\n"))
			}
			checkControlRun(t, o)
		})
	}
}

func checkControlRun(t *testing.T, o config.Options) {
	t.Helper()
	run, err := record.Open(o.Out)
	if err != nil {
		t.Fatal(err)
	}
	metrics, err := run.Metrics()
	if err != nil {
		t.Fatal(err)
	}
	for i, step := range metrics.Steps {
		if step.LossAfter.Value >= step.Loss {
			t.Errorf("step %d: loss %g, after it %g", i+1, float64(step.Loss), float64(step.LossAfter.Value))
		}
		if step.GaussNewton == nil {
			continue
		}
		if step.Reconstruction.Set == o.Linearised {
			t.Errorf("step %d: reconstruction error %v; a linearised network has none, others have one", i+1, step.Reconstruction)
		}
		if left := float64(step.Linearisation.Value); (left < 1e-4) != o.Linearised || !step.Exact {
			t.Errorf("step %d: linearisation error %g, exact %v", i+1, left, step.Exact)
		}
	}
	c, err := run.Checkpoint(-1)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range c.Arrays {
		if strings.Contains(a.Name, "start") {
			t.Errorf("the checkpoint holds %s", a.Name)
		}
	}
}
