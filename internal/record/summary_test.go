// SPDX-License-Identifier: Apache-2.0

package record

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSummary(t *testing.T) {
	r := create(t)
	eval := func(step int, split string, loss, acc float64) {
		if err := r.AppendEval(EvalRecord{Step: step, Epoch: float64(step), Split: split, Loss: Number(loss), Acc: Some(acc)}); err != nil {
			t.Fatal(err)
		}
	}
	for step := 1; step <= 4; step++ {
		s := gnStep(step)
		s.Exact = step != 2
		s.Cert = Number(step) * 1e-7
		if err := r.AppendStep(s); err != nil {
			t.Fatal(err)
		}
	}
	eval(1, "train", 0.5, 0.75)
	eval(1, "test", 0.625, 0.5)
	eval(2, "test", 0.5, 0.875)
	eval(2, "train", 0.25, 0.9375)
	eval(3, "test", 0.125, 0.875) // not better: the first one counts
	eval(4, "test", math.NaN(), math.NaN())
	s := r.Summary(Interrupted, "signal")
	s.Seconds = 12
	want := Scores{Step: 2, Epoch: 2, TestLoss: Some(0.5), TestAcc: Some(0.875), TrainLoss: Some(0.25), TrainAcc: Some(0.9375)}
	if diff := cmp.Diff(want, s.Best); diff != "" {
		t.Errorf("best (-want +got):\n%s", diff)
	}
	if s.Exact != Some(0.75) || s.Steps != 4 || s.ExactSteps != 3 || s.StepSeconds != 6 || s.WorstCert != (Optional{Value: 4 * 1e-7, Set: true}) || s.Last.Step != 4 {
		t.Errorf("got %+v", s)
	}
	if err := r.WriteSummary(s); err != nil {
		t.Fatal(err)
	}
	got, err := open(t, r).Summary()
	if err != nil {
		t.Fatal(err)
	}
	if !math.IsNaN(float64(got.Last.TestAcc.Value)) {
		t.Errorf("last test accuracy read back as %v", got.Last.TestAcc)
	}
	got.Last, s.Last = Scores{}, Scores{}
	if diff := cmp.Diff(s, got); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
	wantError(t, r.WriteSummary(Summary{Status: "asleep"}), `"asleep"`, "want running")
}

// Steps made since the newest evaluation do not take its scores over, and scores of two evaluations do not stand side by side.
func TestScoresKeepTheirStep(t *testing.T) {
	r := create(t)
	step := func(n int) {
		if err := r.AppendStep(StepRecord{Step: n, Epoch: float64(n) / 4, Loss: Number(n)}); err != nil {
			t.Fatal(err)
		}
	}
	eval := func(n int, split string) {
		if err := r.AppendEval(EvalRecord{Step: n, Epoch: float64(n) / 4, Split: split, Loss: Number(n) / 8, Acc: Some(0.5)}); err != nil {
			t.Fatal(err)
		}
	}
	last := func(want Scores, evaluated int) {
		t.Helper()
		got := r.Summary(Interrupted, "").Last
		if diff := cmp.Diff(want, got); diff != "" || got.Evaluated() != evaluated {
			t.Errorf("scores of step %d, want %d (-want +got):\n%s", got.Evaluated(), evaluated, diff)
		}
	}
	eval(0, "test")
	step(1)
	last(Scores{Step: 1, Epoch: 0.25, BatchLoss: Some(1), EvalStep: new(0), TestLoss: Some(0), TestAcc: Some(0.5)}, 0)
	eval(1, "train")
	eval(1, "test")
	step(2)
	eval(2, "train") // and a signal comes before the test part
	last(Scores{Step: 2, Epoch: 0.5, BatchLoss: Some(2), EvalStep: new(1), TrainLoss: Some(0.125), TrainAcc: Some(0.5), TestLoss: Some(0.125), TestAcc: Some(0.5)}, 1)
	if best := r.Summary(Interrupted, "").Best; best.Evaluated() != 0 || best.Step != 0 {
		t.Errorf("best %+v", best)
	}
}

func TestSummaryOfBaselineHasNoExactShare(t *testing.T) {
	r := create(t)
	if err := r.AppendStep(StepRecord{Step: 1}); err != nil {
		t.Fatal(err)
	}
	if s := r.Summary(Done, ""); s.Exact.Set || s.WorstCert.Set {
		t.Errorf("got %+v", s)
	}
}
