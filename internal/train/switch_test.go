// SPDX-License-Identifier: Apache-2.0

package train

import (
	"context"
	"testing"

	"revgn/internal/config"
	"revgn/internal/record"
)

// A run that switches makes the steps of the first optimizer up to the epoch and those of the other from there on, on the same weights and batches.
func TestSwitch(t *testing.T) {
	for _, tt := range []struct {
		from, to config.Optimizer
	}{{config.GN, config.Adam}, {config.Adam, config.GN}, {config.Momentum, config.AdamW}} {
		t.Run(string(tt.from)+" to "+string(tt.to), func(t *testing.T) {
			o := options(t, noise(t, 160, 8), 0)
			plain, err := config.Preset(o.Preset, tt.from)
			if err != nil {
				t.Fatal(err)
			}
			o.Optimizer, o.LR, o.WeightDecay = tt.from, plain.LR, plain.WeightDecay
			o.Epochs, o.Switch = 4, config.Switch{Epoch: 2, To: tt.to}
			steps := stepsOf(t, o)
			without := o
			without.Switch, without.Out = config.Switch{}, o.Out+"-plain"
			same := stepsOf(t, without)
			half := len(steps) / 2
			for i, s := range steps {
				before := i < half
				if certified := s.GaussNewton != nil; certified != ((tt.from == config.GN) == before && (tt.to == config.GN) != before) {
					t.Errorf("step %d: certified is %v", s.Step, certified)
				}
				// The loss is measured before a step, so the first one after the switch still agrees.
				if equal := s.Loss == same[i].Loss; equal != (i <= half) {
					t.Errorf("step %d: loss %v, %v without the switch", s.Step, s.Loss, same[i].Loss)
				}
			}
		})
	}
}

// stepsOf runs the options and returns the steps' records; a switch must have left an event.
func stepsOf(t *testing.T, o config.Options) []record.StepRecord {
	t.Helper()
	if err := o.Validate(); err != nil {
		t.Fatal(err)
	}
	result, err := Run(context.Background(), o, &listener{}, func(Plan) {})
	if err != nil {
		t.Fatal(err)
	}
	run, err := record.Open(result.Dir)
	if err != nil {
		t.Fatal(err)
	}
	metrics, err := run.Metrics()
	if err != nil {
		t.Fatal(err)
	}
	switched := false
	for _, e := range metrics.Events {
		switched = switched || e.Event == "switch"
	}
	if switched != (o.Switch.Epoch > 0) {
		t.Errorf("events %+v", metrics.Events)
	}
	return metrics.Steps
}
