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

// Rig is one stepper compiled for one case. All its steps go through the same compiled graphs, as in training.
type Rig struct {
	*problem.Case
	make func(x, labels *tensors.Tensor, lr float64) (gnstep.Made, error)
}

// NewRig compiles the step at its first call.
func NewRig(t *testing.T, b *backend.Backend, c *problem.Case, make Maker) *Rig {
	t.Helper()
	stepper, err := make(b, c.Vars)
	if err != nil {
		t.Fatal(err)
	}
	exec, err := gomlx.NewExec(b.Backend, c.Vars.Store, func(_ *gomlx.Scope, x, labels, lr *graph.Node) []*graph.Node {
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
	t.Cleanup(exec.Finalize)
	return &Rig{Case: c, make: func(x, labels *tensors.Tensor, lr float64) (gnstep.Made, error) {
		out, err := exec.Call(x, labels, problem.Scalar(c.Config.DType, lr))
		if err != nil {
			return gnstep.Made{}, err
		}
		report, err := gnstep.Unpack(problem.Flat(t, out[0]), stepper.Layout())
		return gnstep.Made{Report: report, Logits: out[1], Change: out[2]}, err
	}}
}

// NewStagedRig makes the steps of the options block by block.
func NewStagedRig(t *testing.T, b *backend.Backend, c *problem.Case, o gnstep.Options) *Rig {
	t.Helper()
	step, err := gnstep.New(b.Backend, c.Vars, o)
	if err != nil {
		t.Fatal(err)
	}
	staged, err := gnstep.NewStaged(b.Backend, step, c.Rows)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(staged.Finalize)
	return &Rig{Case: c, make: staged.Make}
}

// Result is what a step reported. Change is JΔZ on the logits (B, K), zero for a step without a certificate.
type Result struct {
	gnstep.Report
	Logits, Change *mat.Dense
	Reconstruction float64 // of a staged step
}

// Step makes one step on a batch.
func (r *Rig) Step(t *testing.T, x *mat.Dense, y []int32, lr float64) Result {
	t.Helper()
	made, err := r.make(problem.Matrix(r.Config.DType, x), tensors.FromFlatDataAndDimensions(append([]int32(nil), y...), len(y)), lr)
	if err != nil {
		t.Fatal(err)
	}
	return Result{made.Report, problem.Dense(t, made.Logits), problem.Dense(t, made.Change), made.Reconstruction}
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
