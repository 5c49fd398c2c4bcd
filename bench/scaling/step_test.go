// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"

	"revgn/gnstep"
	"revgn/internal/backend"
	"revgn/model"
)

// On one device the operations are those that gnstep counts of the same step. Sizes are even, since bands of odd ones differ by a row.
func TestStepCountsAsTheStepDoes(t *testing.T) {
	b, err := backend.Open(context.Background(), backend.Options{Name: "go", Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Finalize()
	for _, p := range []problem{
		{"identity block", 78, 3, 2, 160, 140, true},
		{"identity block, deep", 78, 10, 5, 200, 100, true},
		{"identity block wider than the batch", 398, 10, 2, 200, 150, true},
		{"ReLU alone", 24, 3, 2, 160, 140, false},
		{"ReLU alone, deep", 24, 10, 4, 264, 264, false},
	} {
		c := model.Config{
			Width: int(p.width), Classes: int(p.classes), Blocks: int(p.blocks), Hidden: int(p.hidden), Activation: model.ReLU, FirstActivation: model.ReLU,
			InitStd: 0.01, ProjGain: 1, DType: dtypes.Float32, Bias: true,
		}
		if p.identity {
			c.FirstActivation = model.Identity
		}
		vars, err := model.NewVariables(c)
		if err != nil {
			t.Fatal(err)
		}
		step, err := gnstep.New(b.Backend, vars, gnstep.DefaultOptions())
		if err != nil {
			t.Fatal(err)
		}
		w, err := p.step()
		if err != nil {
			t.Fatal(err)
		}
		got, want := w.divided+w.repeated, step.Operations(int(p.batch)).Total()
		if math.Abs(got/want-1) > 1e-12 {
			t.Errorf("%s: %g operations, gnstep counts %g", p.name, got, want)
		}
		if w.factor+w.columns+w.readout > w.repeated || w.grams == 0 || w.products == 0 || w.sums == 0 {
			t.Errorf("%s: %+v", p.name, w)
		}
	}
}

// What could be divided beyond is taken from what is repeated, and no operation is lost.
func TestSplit(t *testing.T) {
	w, err := problems()[0].step()
	if err != nil {
		t.Fatal(err)
	}
	columns, all := w.split(false), w.split(true)
	for _, s := range []work{columns, all} {
		if math.Abs((s.divided+s.repeated)/(w.divided+w.repeated)-1) > 1e-15 {
			t.Errorf("%g operations of %g", s.divided+s.repeated, w.divided+w.repeated)
		}
	}
	if columns.repeated != w.repeated-w.columns-w.readout || columns.factor != w.factor || all.factor != 0 || math.Abs(columns.repeated-all.repeated-w.factor) > 1 {
		t.Errorf("from %+v to %+v and %+v", w, columns, all)
	}
}

func TestStepRefuses(t *testing.T) {
	for _, p := range []problem{
		{"more samples than features", 24, 3, 2, 39, 40, false},
		{"one block", 24, 3, 1, 60, 40, false},
		{"an identity block wider than its expansion", 200, 3, 2, 60, 40, true},
	} {
		if _, err := p.step(); err == nil || !strings.HasPrefix(err.Error(), p.name) {
			t.Errorf("%s: %v", p.name, err)
		}
	}
}

// Splitting leaves a device its share of C, W, the change and the activations, and the whole of what knows B, D and K alone.
func TestBytes(t *testing.T) {
	p := problem{"", 10, 3, 2, 100, 20, true}                 // d = 5, two ReLU couplings
	split, whole := 4*3*5*100.+2*2*20*100, 2*2*20*20.+10*3*1. // numbers
	for n, want := range map[float64]float64{1: 4 * (split + whole), 10: 4 * (split/10 + whole)} {
		if got := p.bytes(n); got != want {
			t.Errorf("%g devices: %g bytes, want %g", n, got, want)
		}
	}
}
