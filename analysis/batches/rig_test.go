// SPDX-License-Identifier: Apache-2.0

package batches_test

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"gonum.org/v1/gonum/mat"

	"revgn/analysis"
	"revgn/analysis/batches"
	"revgn/gnstep"
	"revgn/internal/backend"
	"revgn/internal/optim"
	"revgn/internal/problem"
	"revgn/model"
)

// rig is a small problem with batches, on the device and for the oracle.
type rig struct {
	*problem.Case
	b       *backend.Backend
	samples batches.Samples
	oracles []sampled // of the M batches; then the batch before, the one after, and the held-out samples
}

// sampled are samples for the oracle.
type sampled struct{ x, y *mat.Dense }

const rigBatches = 3

func newRig(t *testing.T, b *backend.Backend, p problem.Problem, dtype dtypes.DType) *rig {
	t.Helper()
	r := &rig{Case: p.In(t, dtype), b: b}
	draw := func(seed uint64, rows int) analysis.Probe {
		rng := rand.New(rand.NewPCG(p.Seed, seed))
		x, y := make([]float32, rows*p.Width), make([]int32, rows)
		values, targets := mat.NewDense(rows, p.Width, nil), mat.NewDense(rows, p.Classes, nil)
		for i := range x {
			x[i] = float32(rng.NormFloat64())
			values.Set(i/p.Width, i%p.Width, float64(x[i]))
		}
		for i := range y {
			y[i] = rng.Int32N(int32(p.Classes))
			targets.Set(i, int(y[i]), 1)
		}
		probe, err := analysis.NewProbe("drawn", "train", x, y, p.Classes)
		if err != nil {
			t.Fatal(err)
		}
		r.oracles = append(r.oracles, sampled{values, targets})
		return probe
	}
	for i := range rigBatches {
		r.samples.Steps = append(r.samples.Steps, draw(uint64(i), p.Rows))
	}
	before, after := draw(100, p.Rows), draw(101, p.Rows)
	r.samples.Before, r.samples.After = &before, &after
	r.samples.Heldout = draw(102, 2*p.Rows+3) // parts of two sizes
	return r
}

// method makes a stepper on a view of its own.
func (r *rig) method(t *testing.T, name string, lr float64) batches.Method {
	t.Helper()
	view, err := batches.View(r.Vars)
	if err != nil {
		t.Fatal(err)
	}
	m := batches.Method{Name: name, LR: lr, State: "fresh", Vars: view}
	if kind, gn := map[string]gnstep.Inverse{"split": gnstep.Split, "min-norm": gnstep.MinNorm}[name]; gn {
		o := gnstep.DefaultOptions()
		o.Loss, o.Inverse = r.Loss, kind
		m.Stepper, err = gnstep.New(r.b.Backend, view, o)
	} else {
		o := optim.DefaultOptions(optim.Kind(name))
		o.Loss, o.Eps = r.Loss, 1e-4
		m.Stepper, err = optim.New(view, o)
	}
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (r *rig) meter(t *testing.T, multiples ...float64) *batches.Meter {
	t.Helper()
	m, err := batches.New(r.b.Backend, r.Vars, batches.Options{Objective: model.Objective{Loss: r.Loss}, Multiples: multiples})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := m.Look(r.samples); err != nil {
		t.Fatal(err)
	}
	return m
}

func measure(t *testing.T, m *batches.Meter, method batches.Method, size int) *batches.Result {
	t.Helper()
	p, err := m.Prepare(method, size)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Finalize)
	result, err := m.Measure(context.Background(), p, nil)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// rates lower the loss of the problems used here.
func rates() map[string]float64 {
	return map[string]float64{"split": 0.25, "min-norm": 0.25, "sgd": 0.05, "momentum": 0.02, "adam": 2e-3}
}
