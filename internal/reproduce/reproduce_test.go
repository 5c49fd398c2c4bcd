// SPDX-License-Identifier: Apache-2.0

package reproduce

import (
	"context"
	"errors"
	"math"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"revgn/internal/claims"
	"revgn/internal/number"
)

// A study makes what its claims need, once: the second call finds everything and comes to the same verdicts.
func TestMadeOnce(t *testing.T) {
	b := newBed(t, "12")
	first, err := b.make(t.Context(), b.session())
	if err != nil {
		t.Fatal(err)
	}
	if len(first.Verdicts) != 1 || first.Verdicts[0].Verdict != claims.Holds || len(first.Waiting) != 0 {
		t.Fatalf("verdicts %+v, waiting %+v", first.Verdicts, first.Waiting)
	}
	// Three rates of the split with the tuning seed, and five seeds of the split and of the linearised network.
	if n := len(b.begins()); n != 14 {
		t.Errorf("%d runs were begun, want 14: %v", n, b.begins())
	}
	second, err := b.make(t.Context(), b.session())
	if err != nil || len(b.begins()) != 14 {
		t.Errorf("the second call: %v; %d runs in all", err, len(b.begins()))
	}
	if !reflect.DeepEqual(first, second) {
		t.Errorf("verdicts differ: %+v, then %+v", first, second)
	}
}

// The search goes beyond the grid where the best rate is its last, and says where it ended at an edge all the same.
func TestGridGrows(t *testing.T) {
	b := newBed(t, "12")
	b.best = 1000
	all, err := b.make(t.Context(), b.session())
	if err != nil || len(all.Tuning) != 1 {
		t.Fatalf("%v, tuning %+v", err, all.Tuning)
	}
	if got := all.Tuning[0]; got.Rate != 128 || !got.Edge || !slices.Equal(got.Rates, []number.Number{0.5, 1, 2, 4, 8, 16, 32, 64, 128}) {
		t.Errorf("got %+v, want rate 128 at the edge", got)
	}
	if len(all.Verdicts) != 1 || len(all.Verdicts[0].Warnings) == 0 {
		t.Errorf("no warning of the edge: %+v", all.Verdicts)
	}
}

// A rate at which a judged run diverges is discarded for all seeds, also for the arm that takes its rate from this one.
func TestDivergingRateIsDiscarded(t *testing.T) {
	b := newBed(t, "12")
	b.order(1, 3, "diverge")
	all, err := b.make(t.Context(), b.session())
	if err != nil || len(all.Verdicts) != 1 {
		t.Fatalf("%v: %+v", err, all)
	}
	if got := all.Tuning[0]; got.Rate != 0.5 || !slices.Equal(got.Discarded, []number.Number{1}) {
		t.Errorf("got %+v, want rate 0.5, 1 discarded", got)
	}
	for _, r := range all.Verdicts[0].Runs {
		if r.Rate != 0.5 {
			t.Errorf("%s has rate %g, want 0.5", r.Run, float64(r.Rate))
		}
	}
}

// A rate whose first judged run diverges costs no other; all rates that were tried stay in the record, and the verdict warns of it.
func TestFirstSeedGoesAhead(t *testing.T) {
	b := newBed(t, "12")
	b.best = 2
	b.order(2, 0, "diverge")
	all, err := b.make(t.Context(), b.session())
	if err != nil || len(all.Verdicts) != 1 {
		t.Fatalf("%v: %+v", err, all)
	}
	if got := all.Tuning[0]; got.Rate != 1 || !slices.Equal(got.Rates, []number.Number{0.5, 1, 2, 4}) || !slices.Equal(got.Discarded, []number.Number{2}) {
		t.Errorf("got %+v, want rate 1 of 0.5 to 4, 2 discarded", got)
	}
	if w := all.Verdicts[0].Warnings; len(w) != 1 || !strings.Contains(w[0], "split has rate 1: at 2") {
		t.Errorf("warnings %q", w)
	}
	if n := len(slices.DeleteFunc(b.begins(), func(s string) bool { return !strings.Contains(s, "-lr2-") })); n != 3 {
		t.Errorf("%d runs at rate 2, want those of the tuning seeds and one judged", n)
	}
}

// A rate that was best by one lucky run makes way for the next when the other tuning seed says so, before any run is judged; one at which that diverges does too.
func TestLuckyRateMakesWay(t *testing.T) {
	for _, other := range []string{"", "diverge"} {
		b := newBed(t, "12")
		b.order(2, 100, "lucky")
		b.order(2, 101, other)
		all, err := b.make(t.Context(), b.session())
		if err != nil || len(all.Verdicts) != 1 {
			t.Fatalf("%v: %+v", err, all)
		}
		got := all.Tuning[0]
		if got.Rate != 1 || len(got.Discarded) != 0 || !slices.Equal(got.Rates, []number.Number{0.5, 1, 2, 4}) || !slices.Equal(got.Runs, []int{1, 2, 2, 1}) {
			t.Errorf("got %+v, want rate 1 of 0.5 to 4, and two seeds at 1 and 2", got)
		}
		if lost := math.IsNaN(float64(got.Losses[2])) || math.IsInf(float64(got.Losses[2]), 1); lost != (other == "diverge") {
			t.Errorf("losses %v where the other seed has %q", got.Losses, other)
		}
		if n := len(slices.DeleteFunc(b.begins(), func(s string) bool { return !strings.HasPrefix(s, "split-lr2-") })); n != 2 {
			t.Errorf("%d runs at rate 2, want those of the tuning seeds: %q", n, b.begins())
		}
	}
}

// Where every rate diverges there is nothing to wait for, and the claim says what it misses.
func TestEveryRateDiverges(t *testing.T) {
	b := newBed(t, "12")
	for rate := 2.0; rate > 0.005; rate /= 2 {
		b.order(rate, int(claims.Smoke.TuningSeeds()[0]), "diverge")
	}
	all, err := b.make(t.Context(), b.session())
	if err != nil || len(all.Verdicts) != 1 || all.Verdicts[0].Verdict != claims.Inconclusive || !strings.Contains(all.Verdicts[0].Reason, "there is no run of linearised") {
		t.Errorf("%v: %+v", err, all.Verdicts)
	}
}

// A run that fails for another reason is tried again by the next call; this one goes on with the rest and says so.
func TestFailureIsTold(t *testing.T) {
	b := newBed(t, "12")
	b.order(1, 2, "fail")
	s := b.session()
	all, err := b.make(t.Context(), s)
	if err != nil || len(s.Failures()) != 2 {
		t.Fatalf("%v, failures %v; want the runs of seed 2", err, s.Failures())
	}
	if len(all.Verdicts) != 1 || all.Verdicts[0].Verdict != claims.Inconclusive {
		t.Errorf("verdicts %+v", all.Verdicts)
	}
	b.order(1, 2, "")
	all, err = b.make(t.Context(), b.session())
	if err != nil || all.Verdicts[0].Verdict != claims.Holds {
		t.Errorf("after the cause is gone: %v, %+v", err, all.Verdicts)
	}
}

// A claim does not wait for an analysis that only another one needs.
func TestVerdictsComeAsTheirRunsDo(t *testing.T) {
	b := newBed(t, "2:exact", "5:exact")
	var told []string
	s := b.session()
	err := s.Make(t.Context(), b.maker(), func(_ claims.Task, c claims.Claim) error {
		all, err := s.Verdicts("test")
		for _, v := range all.Verdicts { // claims 3 and 4 need the same runs
			if v.Claim == "2" || v.Claim == "5" {
				told = append(told, c.ID+": "+v.Claim)
			}
		}
		return err
	})
	if want := []string{"2: 2", "5: 2", "5: 5"}; err != nil || !slices.Equal(told, want) {
		t.Errorf("%v, verdicts of %v, want %v", err, told, want)
	}
}

// A study that is stopped lists what waits, and goes on without repeating what is done.
func TestInterrupted(t *testing.T) {
	b := newBed(t, "12")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := 0
	b.tell = func(e Event) {
		b.mu.Lock()
		defer b.mu.Unlock()
		if !e.Sweep.Begun {
			if ended++; ended == 5 {
				cancel()
			}
		}
	}
	all, err := b.make(ctx, b.session())
	if !errors.Is(err, context.Canceled) || len(all.Verdicts) != 0 || len(all.Waiting) != 1 {
		t.Fatalf("%v: %+v", err, all)
	}
	if w := all.Waiting[0]; w.Of != 10 || w.Made >= 10 {
		t.Errorf("waiting %+v", w)
	}
	b.tell = nil
	if all, err = b.make(t.Context(), b.session()); err != nil || len(all.Verdicts) != 1 {
		t.Fatalf("going on: %v: %+v", err, all)
	}
	begins := b.begins()
	// The two that were going on when it stopped may have been begun twice.
	if slices.Sort(begins); len(slices.Compact(slices.Clone(begins))) != 14 || len(begins) > 16 {
		t.Errorf("begun: %v", begins)
	}
}

// Two sessions that work at the same time share the work.
func TestTwoAtOnce(t *testing.T) {
	b := newBed(t, "5:exact")
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			s := b.session()
			if err := s.Make(t.Context(), b.maker(), func(claims.Task, claims.Claim) error { return nil }); err != nil || len(s.Failures()) != 0 {
				t.Error(err, s.Failures())
			}
		})
	}
	both.Wait()
	begins := b.begins()
	slices.Sort(begins)
	if len(slices.Compact(slices.Clone(begins))) != len(begins) {
		t.Errorf("something was begun twice: %v", begins)
	}
	analyses := slices.DeleteFunc(begins, func(s string) bool { return !strings.HasPrefix(s, "cka ") })
	if len(analyses) != 15 {
		t.Errorf("%d analyses, want those of three arms and five seeds: %v", len(analyses), analyses)
	}
	all, err := b.session().Verdicts("test")
	if i := slices.IndexFunc(all.Verdicts, func(v claims.Verdict) bool { return v.Claim == "5" }); err != nil || i < 0 || len(all.Verdicts[i].Runs) != 15 {
		t.Errorf("%v: %+v", err, all)
	}
}

// What was judged for another call stays judged, and a directory takes one scale.
func TestClaimsFollow(t *testing.T) {
	b := newBed(t, "5:exact")
	if _, err := b.make(t.Context(), b.session()); err != nil {
		t.Fatal(err)
	}
	var err error
	if b.study.Claims, err = SelectClaims([]string{"12"}); err != nil {
		t.Fatal(err)
	}
	all, err := b.make(t.Context(), b.session())
	if err != nil || len(all.Verdicts) < 2 || all.Verdicts[0].Claim == "12" || all.Verdicts[len(all.Verdicts)-1].Claim != "12" || len(all.Waiting) != 0 {
		t.Errorf("%v: %d verdicts, waiting %+v", err, len(all.Verdicts), all.Waiting)
	}
	if err := os.WriteFile(b.study.VerdictsPath(), []byte(`{"scale":"smoke"}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := b.study.Check(); err != nil {
		t.Error(err)
	}
	b.study.Extra = []claims.Option{{Name: "backend", Value: "go"}}
	if err := b.study.Check(); err == nil || !strings.Contains(err.Error(), "with no --backend, not --backend go") {
		t.Errorf("another backend: %v", err)
	}
	b.study.Scale = claims.CPU
	if err := b.study.Check(); err == nil || !strings.Contains(err.Error(), "at scale smoke, not cpu") {
		t.Errorf("another scale: %v", err)
	}
}

func TestSelection(t *testing.T) {
	for _, c := range []struct {
		names []string
		count int
		wrong string
	}{
		{nil, len(claims.Claims()), ""}, {[]string{"2"}, 4, ""}, {[]string{"2:exact", "12"}, 2, ""}, {[]string{"15"}, 0, `there is no claim "15"`}, {[]string{"2:exat"}, 0, `did you mean "2:exact"?`},
		{[]string{"8:exact"}, 0, `claim 8 has no variation "8:exact"; want 8:narrow, or 8 for all`}, {[]string{"1x:exact"}, 0, `there is no claim "1x:exact"`},
	} {
		got, err := SelectClaims(c.names)
		if len(got) != c.count || (err != nil) != (c.wrong != "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
			t.Errorf("%v: %d claims, %v; want %d, %q", c.names, len(got), err, c.count, c.wrong)
		}
	}
	if got, err := SelectTasks(claims.CPU, []string{"mnist"}); err != nil || len(got) != 1 {
		t.Errorf("mnist: %v, %v", got, err)
	}
	if _, err := SelectTasks(claims.Smoke, []string{"mnist"}); err == nil {
		t.Error("mnist was taken at scale smoke")
	}
}

// A plan counts the runs before they are made, and prices them by what is done.
func TestPlan(t *testing.T) {
	b := newBed(t, "12")
	count := func(s *Session) (runs, over int, seconds float64, priced bool) {
		t.Helper()
		prices, err := s.Known()
		if err != nil {
			t.Fatal(err)
		}
		lines, err := s.Plan(prices)
		if err != nil {
			t.Fatal(err)
		}
		priced = true
		for _, l := range lines {
			runs, over, seconds, priced = runs+l.Tuning+l.Judged, over+l.Over, seconds+l.Seconds, priced && l.Priced
		}
		return runs, over, seconds, priced
	}
	if runs, over, _, priced := count(b.session()); runs != 14 || over != 0 || priced {
		t.Errorf("before: %d runs, %d over, priced %t", runs, over, priced)
	}
	if _, err := b.make(t.Context(), b.session()); err != nil {
		t.Fatal(err)
	}
	if runs, over, seconds, priced := count(b.session()); runs != 14 || over != 14 || seconds != 0 || !priced {
		t.Errorf("after: %d runs, %d over, %g s, priced %t", runs, over, seconds, priced)
	}
}
