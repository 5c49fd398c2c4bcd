// SPDX-License-Identifier: Apache-2.0

package benchmark

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"revgn/gnstep"
	"revgn/internal/progress"
)

// clock is a time that works move.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

// spends is a work that takes so many milliseconds in its first, second, ... call, and notes its letter.
func (c *clock) spends(order *[]byte, letter byte, milliseconds ...int) func() error {
	call := 0
	return func() error {
		*order = append(*order, letter)
		c.t = c.t.Add(time.Duration(milliseconds[call]) * time.Millisecond)
		call++
		return nil
	}
}

func quietly() progress.Reporter { return progress.New(&bytes.Buffer{}, false) }

// Two works go in turn, A B A B ..., what is done between rounds is not timed, and the ratio is taken pair by pair: a machine that halves its speed under way
// changes no ratio.
func TestTurns(t *testing.T) {
	var c clock
	var order []byte
	a, b := c.spends(&order, 'a', 30, 60, 90, 120, 150), c.spends(&order, 'b', 10, 20, 30, 40, 50)
	between := 0
	seconds, err := turns{now: c.now, ui: quietly(), works: []func() error{a, b}, after: func(int) error {
		between++
		c.t = c.t.Add(time.Hour)
		return nil
	}}.run(t.Context(), 5)
	if err != nil || string(order) != "ababababab" || between != 5 {
		t.Fatalf("order %s, %d times between, %v", order, between, err)
	}
	if !near(seconds[0][2], 0.09) || !near(seconds[1][4], 0.05) {
		t.Errorf("seconds %v", seconds)
	}
	if got := SpreadOf(ratios(seconds[0], seconds[1])); !near(got.Median, 3) || !near(got.Q1, 3) || !near(got.Q3, 3) {
		t.Errorf("ratio %+v, want 3 throughout", got)
	}
}

// Ratios that differ have the quartiles of 1..5.
func TestRatioQuartiles(t *testing.T) {
	var c clock
	var order []byte
	a, b := c.spends(&order, 'a', 40, 10, 50, 20, 30), c.spends(&order, 'b', 10, 10, 10, 10, 10)
	seconds, err := turns{now: c.now, ui: quietly(), works: []func() error{a, b}}.run(t.Context(), 5)
	if err != nil {
		t.Fatal(err)
	}
	if got := SpreadOf(ratios(seconds[0], seconds[1])); !near(got.Q1, 2) || !near(got.Median, 3) || !near(got.Q3, 4) {
		t.Errorf("got %+v", got)
	}
}

// A work's error ends the rounds, and so does the context.
func TestTurnsEnd(t *testing.T) {
	var c clock
	broken := errors.New("broken")
	if _, err := (turns{now: c.now, ui: quietly(), works: []func() error{func() error { return broken }}}).run(t.Context(), 3); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	calls := 0
	_, err := turns{now: c.now, ui: quietly(), works: []func() error{func() error { calls++; cancel(); return nil }}}.run(ctx, 3)
	if !errors.Is(err, context.Canceled) || calls != 1 {
		t.Errorf("%d calls, %v", calls, err)
	}
}

func TestRounds(t *testing.T) {
	for _, c := range []struct {
		asked int
		took  time.Duration
		want  int
	}{
		{7, time.Hour, 7}, {0, time.Second, 10}, {0, 300 * time.Millisecond, 34}, {0, time.Minute, fewest}, {0, time.Microsecond, most}, {0, 0, most},
	} {
		if got := rounds(c.asked, c.took); got != c.want {
			t.Errorf("%d asked, %v each: %d rounds, want %d", c.asked, c.took, got, c.want)
		}
	}
}

// A phase is what its prefix takes beyond the one before in the same round, and the update what is left of time and operations.
func TestPhasesOf(t *testing.T) {
	prefixes := []gnstep.Prefix{{Phase: "forward", Operations: 10}, {Phase: "gram", Operations: 20}}
	phases := phasesOf(prefixes, 35, [][]float64{{1, 2, 3}, {3, 5, 7}, {4, 5, 6}})
	want := []Phase{
		{"forward", Spread{3, 2, 1.5, 2.5, 1, 3}, 10}, {"gram", Spread{3, 3, 2.5, 3.5, 2, 4}, 20}, {"update", Spread{3, 0, -0.5, 0.5, -1, 1}, 5},
	}
	if !slices.Equal(phases, want) {
		t.Errorf("got %+v, want %+v", phases, want)
	}
}
