// SPDX-License-Identifier: Apache-2.0

package train

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/google/go-cmp/cmp"

	"revgn/gnstep"
	"revgn/internal/record"
)

// broken makes no step, as a device does that is lost or out of memory; the weights may be lost with it.
type broken struct{ Stepping }

func (broken) Make(*tensors.Tensor, *tensors.Tensor, float64) (gnstep.Made, error) {
	return gnstep.Made{}, errors.New("RESOURCE_EXHAUSTED: out of memory allocating 1 byte")
}

// A device that breaks under way ends the run with its error; nothing is saved that may be lost, and the run goes on from what was.
func TestBrokenDevice(t *testing.T) {
	o := options(t, noise(t, 100, 8), 6)
	o.CheckpointEvery = 1
	whole := o
	whole.Out += "-whole"
	want, err := Run(context.Background(), whole, &listener{}, func(Plan) {})
	if err != nil {
		t.Fatal(err)
	}

	ui := &listener{}
	s, err := prepare(context.Background(), o, ui)
	if err != nil {
		t.Fatal(err)
	}
	run, err := record.Create(o.Out)
	if err != nil {
		t.Fatal(err)
	}
	r := newRunner(s, run, time.Now())
	r.manifest = r.describe()
	ui.onStep = func(step int) {
		if step == 3 {
			r.device.step = broken{r.device.step}
		}
	}
	got, err := r.record(context.Background())
	if err == nil || !strings.Contains(err.Error(), "RESOURCE_EXHAUSTED") || got.Summary.Status != record.Failed || got.Summary.Final || got.Summary.Steps != 3 {
		t.Errorf("error %v, summary %+v", err, got.Summary)
	}
	if err := run.Close(); err != nil {
		t.Fatal(err)
	}
	s.backend.Finalize()

	o.Resume = true
	again, err := Run(context.Background(), o, &listener{}, func(Plan) {})
	if err != nil || again.Summary.Status != record.Done {
		t.Fatalf("error %v, summary %+v", err, again.Summary)
	}
	if diff := cmp.Diff(losses(t, want.Dir), losses(t, again.Dir)); diff != "" {
		t.Errorf("losses (-whole +resumed):\n%s", diff)
	}
}

// losses are those of every step.
func losses(t *testing.T, dir string) []record.Number {
	t.Helper()
	run, err := record.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	m, err := run.Metrics()
	if err != nil {
		t.Fatal(err)
	}
	var list []record.Number
	for _, s := range m.Steps {
		list = append(list, s.Loss)
	}
	return list
}

// A step is not begun that would not end within the limit.
func TestShortOfTime(t *testing.T) {
	s := &session{}
	s.opts.TimeLimit = 60e9
	r := &runner{session: s, from: 2, step: 6, stepping: 4 * time.Hour, saving: time.Hour}
	soon, cancel := context.WithDeadline(context.Background(), time.Now().Add(2*time.Hour-time.Minute))
	defer cancel()
	if err := r.shortOfTime(soon); !errors.Is(err, errTimeLimit) || !strings.Contains(err.Error(), "1m0s") {
		t.Errorf("steps of 1 h, saving 1 h, less than 2 h left: %v", err)
	}
	later, cancel := context.WithDeadline(context.Background(), time.Now().Add(2*time.Hour+time.Minute))
	defer cancel()
	if err := r.shortOfTime(later); err != nil {
		t.Errorf("more than 2 h left: %v", err)
	}
	r.step = r.from
	if err := r.shortOfTime(soon); err != nil {
		t.Errorf("nothing is known of a step yet: %v", err)
	}
	if err := r.shortOfTime(context.Background()); err != nil {
		t.Errorf("no limit: %v", err)
	}
}
