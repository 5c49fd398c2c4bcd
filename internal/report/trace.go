// SPDX-License-Identifier: Apache-2.0

package report

import (
	"math"

	"revgn/internal/record"
)

// Trace is a quantity of a run by step. Values are finite; Lost counts those that were not.
type Trace struct {
	Step []float64 // ascending
	Y    []float64
	Lost int // values that were not finite
}

func (t *Trace) add(step int, v float64) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		t.Lost++
		return
	}
	t.Step, t.Y = append(t.Step, float64(step)), append(t.Y, v)
}

// Len is the number of points.
func (t *Trace) Len() int { return len(t.Step) }

// Last is the value of the last point, NaN where there is none.
func (t *Trace) Last() float64 {
	if len(t.Y) == 0 {
		return math.NaN()
	}
	return t.Y[len(t.Y)-1]
}

// Clock says at which epoch and after how many seconds a run made its steps.
type Clock struct {
	Step    []float64 // ascending, from 0
	Epoch   []float64
	Seconds []float64 // sum over the steps so far, of what each took alone
}

// clockOf reads the clock off a run's steps.
func clockOf(steps []record.StepRecord) Clock {
	c := Clock{Step: []float64{0}, Epoch: []float64{0}, Seconds: []float64{0}}
	sum := 0.0
	for _, s := range steps {
		if v := float64(s.Seconds); v >= 0 && !math.IsInf(v, 0) {
			sum += v
		}
		c.Step, c.Epoch, c.Seconds = append(c.Step, float64(s.Step)), append(c.Epoch, s.Epoch), append(c.Seconds, sum)
	}
	return c
}

// thinned keeps so many knots of a clock, evenly spaced; between them it is linear.
func (c Clock) thinned(n int) Clock {
	if len(c.Step) <= n {
		return c
	}
	var t Clock
	for i := range n {
		k := i * (len(c.Step) - 1) / (n - 1)
		t.Step, t.Epoch, t.Seconds = append(t.Step, c.Step[k]), append(t.Epoch, c.Epoch[k]), append(t.Seconds, c.Seconds[k])
	}
	return t
}
