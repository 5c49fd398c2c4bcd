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

func TestSummaryOfBaselineHasNoExactShare(t *testing.T) {
	r := create(t)
	if err := r.AppendStep(StepRecord{Step: 1}); err != nil {
		t.Fatal(err)
	}
	if s := r.Summary(Done, ""); s.Exact.Set || s.WorstCert.Set {
		t.Errorf("got %+v", s)
	}
}
