// SPDX-License-Identifier: Apache-2.0

package train

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"revgn/internal/record"
)

// A run that is cancelled before it began leaves nothing; under way it stops after the step it is at.
func TestCancelled(t *testing.T) {
	o := options(t, noise(t, 100, 8), 1000)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := Run(ctx, o, &listener{}, func(Plan) { t.Error("it went on to the plan") })
	var stopped *InterruptedError
	if !errors.As(err, &stopped) || stopped.ExitCode() != 75 {
		t.Errorf("error %v", err)
	}
	if _, err := os.Lstat(o.Out); err == nil {
		t.Error("it left a directory behind")
	}

	ctx, cancel = context.WithCancel(context.Background())
	defer cancel()
	result, err := Run(ctx, o, &listener{onStep: func(step int) {
		if step == 3 {
			cancel()
		}
	}}, func(Plan) {})
	if !errors.As(err, &stopped) || stopped.Step != 3 || result.Summary.Status != record.Interrupted || result.Summary.Steps != 3 {
		t.Errorf("error %v, summary %+v", err, result.Summary)
	}
}

// Weights that cannot be saved make a failed run of an interrupted one, and neither error hides the other.
func TestSaveFails(t *testing.T) {
	for name, limit := range map[string]float64{"interrupted": 0, "not exact": 1e-30} {
		o := options(t, noise(t, 100, 8), 5)
		o.RequireExact = limit
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		ui := &listener{onStep: func(step int) {
			if err := os.WriteFile(o.Out+"/checkpoints", nil, 0o600); err != nil {
				t.Fatal(err)
			}
			if limit == 0 {
				cancel()
			}
		}}
		result, err := Run(ctx, o, ui, func(Plan) {})
		var stopped *InterruptedError
		var inexact *NotExactError
		if err == nil || errors.As(err, &stopped) || errors.As(err, &inexact) != (limit > 0) || result.Summary.Status != record.Failed {
			t.Errorf("%s: error %v, summary %+v", name, err, result.Summary)
		}
	}
}

// Only what takes long says what it is.
func TestWait(t *testing.T) {
	ui := &listener{}
	failure := errors.New("x")
	if err := wait(ui, "short", func() error { return failure }); !errors.Is(err, failure) {
		t.Errorf("got %v", err)
	}
	if err := wait(ui, "long", func() error { time.Sleep(patience + 200*time.Millisecond); return nil }); err != nil {
		t.Error(err)
	}
	if len(ui.doing) != 1 || ui.doing[0] != "long" {
		t.Errorf("told %q", ui.doing)
	}
}
