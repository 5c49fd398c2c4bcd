// SPDX-License-Identifier: Apache-2.0

package steppertest

import (
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/mat"

	"revgn/gnstep"
	"revgn/internal/backend"
	"revgn/internal/problem"
	"revgn/model"
)

// Maker makes the stepper under test for a network.
type Maker func(b *backend.Backend, vars *model.Variables) (gnstep.Stepper, error)

// Rig is one stepper compiled for one case. All its steps go through the same compiled graph, as in training.
type Rig struct {
	*problem.Case
	layout gnstep.Layout
	exec   *gomlx.Exec
}

// NewRig compiles the step at its first call.
func NewRig(t *testing.T, b *backend.Backend, c *problem.Case, make Maker) *Rig {
	t.Helper()
	stepper, err := make(b, c.Vars)
	if err != nil {
		t.Fatal(err)
	}
	r := &Rig{Case: c, layout: stepper.Layout()}
	r.exec, err = gomlx.NewExec(b.Backend, c.Vars.Store, func(_ *gomlx.Scope, x, labels, lr *graph.Node) []*graph.Node {
		o := stepper.Build(x, labels, lr)
		change := graph.ZerosLike(o.Logits)
		if o.Certificate != nil {
			change = o.Certificate.Change
		}
		return []*graph.Node{o.Pack(), o.Logits, change}
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.exec.Finalize)
	return r
}

// Result is what a step reported. Change is JΔZ on the logits (B, K), zero for a step without a certificate.
type Result struct {
	gnstep.Report
	Logits, Change *mat.Dense
}

// Step makes one step on a batch.
func (r *Rig) Step(t *testing.T, x *mat.Dense, y []int32, lr float64) Result {
	t.Helper()
	dtype := r.Config.DType
	out, err := r.exec.Call(problem.Matrix(dtype, x), tensors.FromFlatDataAndDimensions(append([]int32(nil), y...), len(y)), problem.Scalar(dtype, lr))
	if err != nil {
		t.Fatal(err)
	}
	report, err := gnstep.Unpack(problem.Flat(t, out[0]), r.layout)
	if err != nil {
		t.Fatal(err)
	}
	return Result{report, problem.Dense(t, out[1]), problem.Dense(t, out[2])}
}

// Weights are all tensors of the network on the host.
func (r *Rig) Weights(t *testing.T) map[string][]float64 {
	t.Helper()
	values, err := r.Vars.Values()
	if err != nil {
		t.Fatal(err)
	}
	flat := map[string][]float64{}
	for name, value := range values {
		flat[name] = problem.Flat(t, value)
	}
	return flat
}

// Save copies everything that the store holds, the stepper's own state included.
func (r *Rig) Save(t *testing.T) map[string]*tensors.Tensor {
	t.Helper()
	saved := map[string]*tensors.Tensor{}
	for v := range r.Vars.Store.IterVariables() {
		value, err := v.Value()
		if err != nil {
			t.Fatal(err)
		}
		if saved[v.Path()], err = value.LocalClone(); err != nil {
			t.Fatal(err)
		}
	}
	return saved
}

// Restore undoes every step since Save.
func (r *Rig) Restore(t *testing.T, saved map[string]*tensors.Tensor) {
	t.Helper()
	for v := range r.Vars.Store.IterVariables() {
		value, err := saved[v.Path()].LocalClone()
		if err != nil {
			t.Fatal(err)
		}
		problem.Set(t, v, value)
	}
}
