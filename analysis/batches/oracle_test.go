// SPDX-License-Identifier: Apache-2.0

package batches_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"gonum.org/v1/gonum/mat"

	"revgn/analysis/batches"
	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/oracle"
	"revgn/internal/problem"
)

// Everything is computed a second time from steps of the oracle: changes of losses by forward passes, predictions from the dense Jacobian.
func TestAgainstOracle(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, name := range []string{"leaky ReLU", "silu, four blocks"} {
			r := newRig(t, b, problem.Named(name), dtypes.Float64)
			m := r.meter(t, 0.5, 2)
			for _, method := range []struct {
				name string
				op   problem.Operation
			}{{"sgd", problem.Update}, {"adam", problem.Update}, {"split", problem.Solution}, {"min-norm", problem.Kernel}} {
				t.Run(name+"/"+method.name, func(t *testing.T) {
					problem.LeaveToGo(t, b, testing.Short() || name != "leaky ReLU")
					lr := rates()[method.name]
					r.compare(t, measure(t, m, r.method(t, method.name, lr), r.Rows), method.op, r.steps(t, method.name, lr))
				})
			}
		}
	})
}

// The same for networks that are tied to the weights they start from; a linearised one is linear along its steps, of any length.
func TestControlsAgainstOracle(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, p := range problem.Controls() {
			t.Run(p.Name, func(t *testing.T) {
				problem.LeaveToGo(t, b, true)
				r := newRig(t, b, p, dtypes.Float64)
				got := measure(t, r.meter(t, 0.5, 2), r.method(t, "min-norm", 0.25), r.Rows)
				r.compare(t, got, problem.Kernel, r.steps(t, "min-norm", 0.25))
				if left := float64(got.Curve[1].Linearisation.Mean); (left < 1e-10) != p.Linearised {
					t.Errorf("linearisation error %g of a network that is linearised: %v", left, p.Linearised)
				}
			})
		}
	})
}

// steps are the oracle's steps d on each batch, lr included.
func (r *rig) steps(t *testing.T, method string, lr float64) [][]*mat.Dense {
	t.Helper()
	var all [][]*mat.Dense
	for i := range rigBatches {
		batch := r.oracles[i]
		_, logits := r.Net.Forward(batch.x)
		residual, err := oracle.Gradient(string(r.Loss), logits, batch.y)
		if err != nil {
			t.Fatal(err)
		}
		var d []*mat.Dense
		switch method {
		case "split":
			step, err := r.Net.SplitStep(batch.x, r.samples.Steps[i].Y, oracle.Options{Loss: string(r.Loss), Carry: true})
			if err != nil {
				t.Fatal(err)
			}
			d = step.DZ
		case "min-norm":
			if d, _, err = r.Net.MinNorm(batch.x, residual); err != nil {
				t.Fatal(err)
			}
		default:
			residual.Scale(1/float64(r.Rows), residual)
			gradient := r.Net.Flatten(r.Net.Adjoint(batch.x, r.Net.Lift(residual)))
			z := make([]float64, len(gradient)) // a first step depends on the weights through the gradient alone
			if err := (&oracle.Optimizer{Kind: method, Beta1: 0.9, Beta2: 0.999, Eps: 1e-4}).Step(z, gradient, -1); err != nil {
				t.Fatal(err)
			}
			d = r.Net.Unflatten(z)
		}
		for _, z := range d {
			z.Scale(lr, z)
		}
		all = append(all, d)
	}
	return all
}

func (r *rig) compare(t *testing.T, got *batches.Result, op problem.Operation, steps [][]*mat.Dense) {
	t.Helper()
	check := func(what string, got, want float64) {
		t.Helper()
		problem.CheckNumber(t, what, op, dtypes.Float64, got, want)
	}
	m, held := float64(rigBatches), r.oracles[rigBatches+2]
	var own, heldout, slope, heldSlope, predicted, norm, lin, heldLin float64
	for i, d := range steps {
		for j := range rigBatches + 2 {
			change := r.change(t, r.oracles[j], d, 1)
			switch {
			case j < rigBatches:
				check(fmt.Sprintf("A[%d,%d]", i, j), float64(got.A[i][j]), change)
			case j == rigBatches:
				check(fmt.Sprintf("step %d on the batch before", i), float64(got.Each[i].Before.Value), change)
			case i == rigBatches-1:
				check("the last step on the batch after", float64(got.Each[i].After.Value), change)
			}
		}
		first, model := r.predicted(t, r.oracles[i], d)
		heldFirst, _ := r.predicted(t, held, d)
		check(fmt.Sprintf("prediction of step %d", i), float64(got.Each[i].Predicted), model)
		own, heldout = own+r.change(t, r.oracles[i], d, 1)/m, heldout+r.change(t, held, d, 1)/m
		slope, heldSlope, predicted = slope+first/m, heldSlope+heldFirst/m, predicted+model/m
		for _, z := range d {
			norm += math.Pow(mat.Norm(z, 2), 2)
		}
		check(fmt.Sprintf("norm of step %d", i), float64(got.Each[i].StepNorm), math.Sqrt(norm))
		norm, lin, heldLin = 0, lin+r.linearisation(r.oracles[i], d)/m, heldLin+r.linearisation(held, d)/m
	}
	check("mean change of the own batch", float64(got.Own.Actual.Mean), own)
	check("mean change of the held-out samples", float64(got.Heldout.Actual.Mean), heldout)
	check("mean slope", float64(got.Own.FirstOrder.Mean), slope)
	check("mean slope on the held-out samples", float64(got.Heldout.FirstOrder.Mean), heldSlope)
	check("mean prediction", float64(got.Own.Predicted.Mean), predicted)
	check("overfit ratio", float64(got.OverfitRatio.Mean), heldout/own)
	check("slope ratio", float64(got.SlopeRatio.Mean), heldSlope/slope)
	check("linearisation error of two steps", float64(got.Curve[1].Linearisation.Mean), lin)
	check("linearisation error of two steps on the held-out samples", float64(got.Curve[1].Unseen.Mean), heldLin)
}

func (r *rig) change(t *testing.T, s sampled, d []*mat.Dense, alpha float64) float64 {
	t.Helper()
	change, err := r.Net.LossChange(string(r.Loss), s.x, s.y, d, alpha)
	if err != nil {
		t.Fatal(err)
	}
	return change
}

func (r *rig) predicted(t *testing.T, s sampled, d []*mat.Dense) (first, model float64) {
	t.Helper()
	first, model, err := r.Net.PredictedChange(string(r.Loss), s.x, s.y, d, 1)
	if err != nil {
		t.Fatal(err)
	}
	return first, model
}

// linearisation is the linearisation error at twice the step.
func (r *rig) linearisation(s sampled, d []*mat.Dense) float64 {
	_, tangent := r.Net.Tangent(s.x, d)
	return r.Net.Linearisation(s.x, d, tangent, 2)
}
