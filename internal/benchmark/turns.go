// SPDX-License-Identifier: Apache-2.0

package benchmark

import (
	"context"
	"math"
	"time"

	"revgn/internal/progress"
)

// The number of rounds where none is asked for: enough for enough, within bounds.
const (
	enough    = 10 * time.Second
	fewest    = 5
	most      = 500
	warmSteps = 2
)

// rounds is how many rounds to make of what takes that long, where none is asked for.
func rounds(asked int, took time.Duration) int {
	if asked > 0 {
		return asked
	}
	return int(min(most, max(fewest, math.Ceil(enough.Seconds()/max(took.Seconds(), 1e-6)))))
}

// turns times works in turn.
type turns struct {
	now   func() time.Time
	ui    progress.Reporter
	works []func() error
	after func(round int) error // what is done after a round, untimed; nil for nothing
}

// run makes the rounds, each work once a round, and returns the seconds that each took, by work and round.
func (t turns) run(ctx context.Context, rounds int) ([][]float64, error) {
	seconds := make([][]float64, len(t.works))
	begin := t.now()
	for round := range rounds {
		for i, work := range t.works {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			start := t.now()
			if err := work(); err != nil {
				return nil, err
			}
			seconds[i] = append(seconds[i], t.now().Sub(start).Seconds())
		}
		if t.after != nil {
			if err := t.after(round); err != nil {
				return nil, err
			}
		}
		t.show(round+1, rounds, t.now().Sub(begin))
	}
	return seconds, nil
}

func (t turns) show(done, rounds int, took time.Duration) {
	rate := float64(done) / max(took.Seconds(), 1e-9)
	t.ui.Step(progress.Status{
		Step: done, Steps: rounds, Loss: math.NaN(), Acc: math.NaN(), Cert: math.NaN(), StepsPerSecond: rate,
		Left: time.Duration(float64(rounds-done) / rate * float64(time.Second)),
	})
}

// ratios are a/b round by round.
func ratios(a, b []float64) []float64 {
	out := make([]float64, len(a))
	for i := range out {
		out[i] = a[i] / b[i]
	}
	return out
}

// differences are a - b round by round; b nil stands for zeros.
func differences(a, b []float64) []float64 {
	out := make([]float64, len(a))
	copy(out, a)
	for i := range b {
		out[i] -= b[i]
	}
	return out
}
