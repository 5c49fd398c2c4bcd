// SPDX-License-Identifier: Apache-2.0

package steppertest

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"revgn/internal/backend"
	"revgn/internal/oracle"
	"revgn/internal/problem"
	"revgn/model"
)

// Run checks the stepper that make makes on a case. lr is a step that is known to lower the loss on the case's batch.
func Run(t *testing.T, b *backend.Backend, c *problem.Case, lr float64, make Maker) {
	NewRig(t, b, c, make).Suite(t, lr)
}

// Suite is Run on a rig.
func (r *Rig) Suite(t *testing.T, lr float64) {
	// A first step of length zero lets the stepper create its state, so that what follows is a step as in the middle of training.
	t.Run("a step of length zero leaves every weight bit-equal", func(t *testing.T) { r.zeroStep(t) })
	saved := r.Save(t)
	for _, property := range []struct {
		name  string
		check func(t *testing.T, lr float64)
	}{
		{"it measures the network before the step", r.measuresBefore},
		{"its norm is that of the change, and frozen tensors stay", r.normIsTheChange},
		{"it lowers the loss", r.descends},
		{"it is a function of its inputs", r.isDeterministic},
		{"its change is proportional to lr, which may differ at every step", r.isLinearInRate},
		{"the order of samples does not matter", r.ignoresOrder},
		{"an input or a rate that is not finite leaves no trace", r.survivesNonFinite},
	} {
		t.Run(property.name, func(t *testing.T) {
			r.Restore(t, saved)
			property.check(t, lr)
		})
	}
}

func (r *Rig) zeroStep(t *testing.T) {
	before := r.Weights(t)
	report := r.Step(t, r.X, r.Y, 0)
	r.same(t, before)
	if report.StepNorm != 0 || !report.Finite {
		t.Errorf("norm %g, finite %v, want 0 and true", report.StepNorm, report.Finite)
	}
}

func (r *Rig) measuresBefore(t *testing.T, lr float64) {
	got := r.Step(t, r.X, r.Y, lr)
	dtype := r.Config.DType
	_, logits := r.Net.Forward(r.X)
	problem.Check(t, "logits", problem.Products, dtype, got.Logits, logits)
	loss, err := oracle.Loss(string(r.Loss), logits, r.Targets(t))
	if err != nil {
		t.Fatal(err)
	}
	problem.CheckNumber(t, "loss", problem.Products, dtype, got.Report.Loss, loss)
	hits := 0.0
	for i, label := range r.Y {
		if row := logits.RawRowView(i); row[label] == slices.Max(row) {
			hits++
		}
	}
	problem.CheckNumber(t, "accuracy", problem.Products, dtype, got.Accuracy, hits/float64(r.Rows))
}

func (r *Rig) normIsTheChange(t *testing.T, lr float64) {
	before := r.Weights(t)
	report := r.Step(t, r.X, r.Y, lr)
	squares := 0.0
	for name, after := range r.Weights(t) {
		if !model.IsTrained(name) && !slices.Equal(after, before[name]) {
			t.Errorf("%s is frozen but has changed", name)
		}
		for i := range after {
			squares += (after[i] - before[name][i]) * (after[i] - before[name][i])
		}
	}
	if squares == 0 {
		t.Error("no weight has changed")
	}
	problem.CheckNumber(t, "step norm over the change's", problem.Update, r.Config.DType, report.StepNorm/math.Sqrt(squares), 1)
}

func (r *Rig) descends(t *testing.T, lr float64) {
	before := r.Step(t, r.X, r.Y, lr).Report.Loss
	if after := r.Step(t, r.X, r.Y, 0).Report.Loss; !(after < before) {
		t.Errorf("loss %g after a step of lr %g, %g before", after, lr, before)
	}
}

func (r *Rig) isDeterministic(t *testing.T, lr float64) {
	saved := r.Save(t)
	first := r.Step(t, r.X, r.Y, lr)
	want := r.Weights(t)
	r.Restore(t, saved)
	second := r.Step(t, r.X, r.Y, lr)
	r.same(t, want)
	if first.Report.Loss != second.Report.Loss || first.StepNorm != second.StepNorm {
		t.Errorf("loss %g and norm %g, the second time %g and %g", first.Report.Loss, first.StepNorm, second.Report.Loss, second.StepNorm)
	}
}

func (r *Rig) isLinearInRate(t *testing.T, lr float64) {
	once, twice := r.changes(t, r.X, r.Y, lr), r.changes(t, r.X, r.Y, 2*lr)
	once.Scale(2, once)
	problem.Check(t, "change at twice the rate against twice the change", problem.Update, r.Config.DType, twice, once)
}

func (r *Rig) ignoresOrder(t *testing.T, lr float64) {
	want := r.changes(t, r.X, r.Y, lr)
	x, y := mat.NewDense(r.Rows, r.Width, nil), make([]int32, r.Rows)
	for to, from := range rand.New(rand.NewPCG(3, 3)).Perm(r.Rows) {
		x.SetRow(to, r.X.RawRowView(from))
		y[to] = r.Y[from]
	}
	problem.Check(t, "change on the samples in another order", problem.Reordered, r.Config.DType, r.changes(t, x, y, lr), want)
}

// changes is what a step adds to the trained weights, in one row; it undoes the step.
func (r *Rig) changes(t *testing.T, x *mat.Dense, y []int32, lr float64) *mat.Dense {
	t.Helper()
	saved, before := r.Save(t), r.Weights(t)
	r.Step(t, x, y, lr)
	after := r.Weights(t)
	r.Restore(t, saved)
	var change []float64
	for _, name := range r.Config.TensorNames() {
		if model.IsTrained(name) {
			for i := range after[name] {
				change = append(change, after[name][i]-before[name][i])
			}
		}
	}
	return mat.NewDense(1, len(change), change)
}

// survivesNonFinite makes a bad step between two good ones: it is refused, and the next good one is as if it had never been.
func (r *Rig) survivesNonFinite(t *testing.T, lr float64) {
	saved := r.Save(t)
	r.Step(t, r.X, r.Y, lr)
	r.Step(t, r.X, r.Y, lr)
	want := r.Weights(t)
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		x := mat.DenseCopyOf(r.X)
		x.Set(r.Rows/2, r.Width-1, bad)
		for _, step := range []struct {
			what string
			x    *mat.Dense
			lr   float64
		}{{"an input", x, lr}, {"a rate", r.X, bad}} {
			r.Restore(t, saved)
			r.Step(t, r.X, r.Y, lr)
			before := r.Weights(t)
			if report := r.Step(t, step.x, r.Y, step.lr); report.Finite {
				t.Errorf("%s of %g: the step says that it was finite", step.what, bad)
			}
			r.same(t, before)
			if report := r.Step(t, r.X, r.Y, lr); !report.Finite {
				t.Errorf("a good step after %s of %g is refused too", step.what, bad)
			}
			r.same(t, want)
		}
	}
}

// same reports the first weight of each tensor that is not bit-equal to the one wanted.
func (r *Rig) same(t *testing.T, want map[string][]float64) {
	t.Helper()
	for name, got := range r.Weights(t) {
		for i, v := range got {
			if math.Float64bits(v) != math.Float64bits(want[name][i]) {
				t.Errorf("%s[%d] is %v, want %v bit for bit", name, i, v, want[name][i])
				break
			}
		}
	}
}
