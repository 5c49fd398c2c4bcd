// SPDX-License-Identifier: Apache-2.0

package mirror

import (
	"math"
	"time"

	"revgn/internal/record"
)

// clock gives lines their times.
type clock struct {
	start time.Time
	spent float64 // seconds that lines have recorded
}

// tick is the time of the next line.
func (c *clock) tick(l record.Line) time.Time {
	switch {
	case l.Step != nil:
		c.add(l.Step.Seconds, l.Step.MeasureSeconds.Value)
	case l.Eval != nil:
		c.add(l.Eval.Seconds.Value)
	case l.Probe != nil:
		c.add(l.Probe.Seconds)
	}
	return c.start.Add(time.Duration(c.spent * float64(time.Second)))
}

func (c *clock) add(seconds ...record.Number) {
	for _, s := range seconds {
		if v := float64(s); v > 0 && !math.IsInf(v, 0) { // not NaN either
			c.spent += v
		}
	}
}
