// SPDX-License-Identifier: Apache-2.0

package batches_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/google/go-cmp/cmp"

	"revgn/analysis"
	"revgn/analysis/batches"
	"revgn/gnstep"
	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
	"revgn/internal/optim"
	"revgn/internal/problem"
	"revgn/internal/steppertest"
	"revgn/model"
)

// The change of the own batch is that of the step as training makes it: here it is made, and the loss measured again by a step of length zero.
func TestOwnBatchIsTheStepThatTrainingMakes(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, dtype := range problem.DTypes() {
			for _, name := range []string{"split", "min-norm", "sgd", "momentum", "adam"} {
				t.Run(name+"/"+dtype.String(), func(t *testing.T) {
					problem.LeaveToGo(t, b, dtype == dtypes.Float64 || name == "min-norm" || name == "momentum")
					r := newRig(t, b, problem.Named("leaky ReLU"), dtype)
					lr := rates()[name]
					got := measure(t, r.meter(t), r.method(t, name, lr), r.Rows)
					made := steppertest.NewRig(t, b, r.Case, func(_ *backend.Backend, vars *model.Variables) (gnstep.Stepper, error) {
						method := r.method(t, name, lr)
						return method.Stepper, swap(method.Vars, vars, r.Case)
					})
					x, y := r.oracles[1].x, r.samples.Steps[1].Y
					first := made.Step(t, x, y, lr)
					second := made.Step(t, x, y, 0)
					op := map[bool]problem.Operation{true: problem.Reordered, false: problem.Update}[name == "split" || name == "min-norm"]
					problem.CheckNumber(t, "change of the own batch", op, dtype, float64(got.Each[1].Own), second.Report.Loss-first.Report.Loss)
					if first.Certified != (got.Exact != nil) {
						t.Errorf("certified: %v in training, %v here", first.Certified, got.Exact != nil)
					}
				})
			}
		}
	})
}

// swap makes the case's network that of a view, so that a rig steps the stepper that was made for it.
func swap(view, _ *model.Variables, c *problem.Case) error {
	c.Vars = view
	return nil
}

// Steps are not made: weights, and what optimizers keep, are the same to the last bit after any measurement, and so are the results, in any order.
func TestNothingChanges(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		r := newRig(t, b, problem.Named("leaky ReLU"), dtypes.Float32)
		m := r.meter(t, 1, 2)
		methods := map[string]batches.Method{}
		for name, lr := range rates() {
			if name == "min-norm" {
				continue
			}
			methods[name] = r.method(t, name, lr)
		}
		before := bits(t, r.Vars)
		first := map[string]*batches.Result{}
		for _, name := range []string{"split", "sgd", "momentum", "adam"} {
			first[name] = measure(t, m, methods[name], r.Rows)
		}
		states := map[string]map[string][]float64{}
		for name, method := range methods {
			states[name] = bits(t, method.Vars)
		}
		for _, name := range []string{"adam", "momentum", "sgd", "split"} {
			if diff := cmp.Diff(first[name], measure(t, m, methods[name], r.Rows)); diff != "" {
				t.Errorf("%s in another order (-first +second):\n%s", name, diff)
			}
			if diff := cmp.Diff(states[name], bits(t, methods[name].Vars)); diff != "" {
				t.Errorf("%s changed what its store holds:\n%s", name, diff)
			}
		}
		if diff := cmp.Diff(before, bits(t, r.Vars)); diff != "" {
			t.Errorf("weights changed:\n%s", diff)
		}
	})
}

// bits are the values of every variable.
func bits(t *testing.T, vars *model.Variables) map[string][]float64 {
	t.Helper()
	all := map[string][]float64{}
	for v := range vars.Store.IterVariables() {
		if v.HasValue() {
			if v.DType() == dtypes.Int64 {
				all[v.Path()] = []float64{float64(tensors.MustCopyFlatData[int64](v.MustValue())[0])}
				continue
			}
			all[v.Path()] = problem.Flat(t, v.MustValue())
		}
	}
	return all
}

// Along a smooth network the prediction becomes true as steps become short, and the linearisation error falls in proportion to their length.
func TestShortSteps(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		r := newRig(t, b, problem.Named("tanh, three blocks"), dtypes.Float64)
		m := r.meter(t, 1./256, 1./128, 1./64)
		for _, name := range []string{"split", "sgd"} {
			got := measure(t, m, r.method(t, name, rates()[name]), r.Rows)
			for k := 1; k < 3; k++ {
				for what, errors := range map[string][2]batches.Estimate{
					"own batch": {got.Curve[k].Linearisation, got.Curve[k-1].Linearisation}, "held-out samples": {got.Curve[k].Unseen, got.Curve[k-1].Unseen},
				} {
					if growth := errors[0].Mean / errors[1].Mean; !(growth > 1.9 && growth < 2.1) {
						t.Errorf("%s on the %s: linearisation error %g at twice the length of one with %g, want twice", name, what, errors[0].Mean, errors[1].Mean)
					}
				}
			}
			off := func(k int) float64 { return math.Abs(float64(got.Curve[k].Own.Mean/got.Curve[k].Predicted.Mean) - 1) }
			if !(off(0) < 0.01 && off(0) < 0.6*off(1)) {
				t.Errorf("%s: at 1/256 of a step the change is off its prediction by %g, at 1/128 by %g; want half, and below 0.01", name, off(0), off(1))
			}
		}
	})
}

// A stepper with the state that training left makes the step that training would make next.
func TestSavedState(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		r := newRig(t, b, problem.Named("leaky ReLU"), dtypes.Float64)
		o := optim.DefaultOptions(optim.Adam)
		o.Loss = r.Loss
		rig := steppertest.NewRig(t, b, r.Case, func(_ *backend.Backend, vars *model.Variables) (gnstep.Stepper, error) { return optim.New(vars, o) })
		for range 3 {
			rig.Step(t, r.X, r.Y, 0.01)
		}
		m := r.meter(t)
		fresh := r.method(t, "adam", 0.01)
		saved := fresh
		var err error
		if saved.Vars, err = batches.View(r.Vars); err != nil {
			t.Fatal(err)
		}
		if saved.Stepper, err = optim.New(saved.Vars, o); err != nil {
			t.Fatal(err)
		}
		p, err := m.Prepare(saved, r.Rows)
		if err != nil {
			t.Fatal(err)
		}
		for v := range r.Vars.Store.IterVariables() {
			if !strings.HasPrefix(v.Path(), gnstep.StateScope) {
				continue
			}
			value, err := v.MustValue().LocalClone()
			if err != nil {
				t.Fatal(err)
			}
			problem.Set(t, saved.Vars.Store.GetVariable(v.Path()), value)
		}
		got, err := m.Measure(t.Context(), p, nil)
		if err != nil {
			t.Fatal(err)
		}
		other := measure(t, m, fresh, r.Rows)
		before := rig.Step(t, r.oracles[0].x, r.samples.Steps[0].Y, 0.01).Report.Loss
		change := rig.Step(t, r.oracles[0].x, r.samples.Steps[0].Y, 0).Report.Loss - before
		problem.CheckNumber(t, "the next step", problem.Update, dtypes.Float64, float64(got.Each[0].Own), change)
		if math.Abs(float64(other.Each[0].Own)-change) < 1e-3*math.Abs(change) {
			t.Errorf("a first step changes the loss by %g, as the fourth does: the test cannot tell them apart", other.Each[0].Own)
		}
	})
}

// A view follows the weights when they are replaced, and a step that is not finite counts as none.
func TestOtherWeights(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		r := newRig(t, b, problem.Named("leaky ReLU"), dtypes.Float64)
		m := r.meter(t, 1)
		p, err := m.Prepare(r.method(t, "sgd", 0.05), r.Rows)
		if err != nil {
			t.Fatal(err)
		}
		first, err := m.Measure(t.Context(), p, nil)
		if err != nil {
			t.Fatal(err)
		}
		start := bits(t, r.Vars)
		put := func(factor float64) {
			for _, named := range r.Vars.Trained() {
				values := slices.Clone(start[named.Variable.Path()])
				for i := range values {
					values[i] *= factor
				}
				problem.Set(t, named.Variable, tensors.FromFlatDataAndDimensions(values, named.Variable.Shape().Dimensions...))
			}
			if err := m.Look(r.samples); err != nil {
				t.Fatal(err)
			}
		}
		measure := func() *batches.Result {
			got, err := m.Measure(t.Context(), p, nil)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		put(0.5)
		if got := measure(); got.Own.Loss == first.Own.Loss || got.StepNorm == first.StepNorm {
			t.Error("other weights give the same numbers")
		}
		put(math.Inf(1))
		if got := measure(); got.Made != 0 || got.StepNorm.Mean == first.StepNorm.Mean || len(got.Warnings) != 1 {
			t.Errorf("%d of %d steps made from weights that are not finite, warnings %q", got.Made, got.Steps, got.Warnings)
		}
		put(1)
		if diff := cmp.Diff(first, measure()); diff != "" {
			t.Errorf("the first weights again (-first +now):\n%s", diff)
		}
	})
}

func TestRefusals(t *testing.T) {
	b := goBackend(t)
	r := newRig(t, b, problem.Named("leaky ReLU"), dtypes.Float64)
	short, narrow := r.samples, r.samples
	first := r.samples.Heldout.First(r.Rows - 1)
	short.Steps = []analysis.Probe{r.samples.Steps[0], first}
	narrow.Heldout.D = 4
	m := r.meter(t)
	none := r.samples
	none.Steps = nil
	for want, s := range map[string]batches.Samples{
		"got no batches":                   none,
		"batch 1: got 15 samples; want 16": short,
		"held-out samples: got 4 features": narrow,
	} {
		wantError(t, m.Look(s), want)
	}
	_, err := m.Prepare(batches.Method{Name: "x"}, r.Rows)
	wantError(t, err, "x: got no stepper")
	_, err = m.Prepare(r.method(t, "sgd", -1), r.Rows)
	wantError(t, err, "sgd: lr: got -1")
	_, err = batches.New(b.Backend, r.Vars, batches.Options{Objective: model.Objective{Loss: r.Loss}, Multiples: []float64{0}})
	wantError(t, err, "multiples: got 0")
	p, err := m.Prepare(r.method(t, "sgd", 1), r.Rows+1)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Look(r.samples); err != nil {
		t.Fatal(err)
	}
	_, err = m.Measure(t.Context(), p, nil)
	wantError(t, err, "sgd: got batches of 16 samples; the step was prepared for 17")
}
