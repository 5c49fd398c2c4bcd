// SPDX-License-Identifier: Apache-2.0

package claims

import (
	"fmt"
	"math"
	"slices"

	"revgn/internal/record"
	"revgn/internal/stats"
)

// gains are the median falls of the log loss by one step, over the last quarter of a run's steps: on the batch that the step used, and what that is more than on the held-out batch.
type gains struct{ own, held, excess float64 }

func lateGains(v View) (gains, error) {
	var own, held, excess []float64
	steps := v.Metrics().Steps
	for _, s := range steps[len(steps)-len(steps)/4:] {
		o, h := logFall(s.LossChangePct), logFall(s.HeldoutChangePct)
		if math.IsNaN(o) || math.IsNaN(h) {
			return gains{}, fmt.Errorf("step %d has no finite change of the loss on its batch and on the held-out one (was --measure off?)", s.Step)
		}
		own, held, excess = append(own, o), append(held, h), append(excess, o-h)
	}
	if len(own) == 0 {
		return gains{}, fmt.Errorf("it has %d steps, want 4 or more", len(steps))
	}
	return gains{median(own), median(held), median(excess)}, nil
}

// logFall is log(before/after) of a change in percent, NaN where there is none.
func logFall(pct record.Optional) float64 {
	if !pct.Set {
		return math.NaN()
	}
	return -math.Log1p(float64(pct.Value) / 100)
}

func median(values []float64) float64 {
	slices.Sort(values)
	return stats.Quantile(values, 0.5)
}

const lateSteps = "median over the last quarter of the steps"

// ownMore is how much more a's steps lower the loss on their own batch than b's.
func ownMore(a, b string) Statistic {
	return difference(a, b, func(v View) (float64, error) {
		g, err := lateGains(v)
		return g.own, err
	}).defined(true, "log(loss before/after) on the batch that the step used, %s, of %s less that of %s", lateSteps, a, b)
}

// excessMore is how much more of a's gain on its own batch than of b's is missing on the held-out one.
func excessMore(a, b string) Statistic {
	return difference(a, b, func(v View) (float64, error) {
		g, err := lateGains(v)
		return g.excess, err
	}).defined(true, "log(loss before/after) on the batch that the step used less the same on the held-out batch, %s, of %s less that of %s", lateSteps, a, b)
}

// heldShort is by how much the held-out gain falls short of half the own one.
func heldShort(arm string) Statistic {
	return single(arm, func(v View) (float64, error) {
		g, err := lateGains(v)
		return g.own/2 - g.held, err
	}).defined(true, "half of log(loss before/after) on the batch that the step used less the same, whole, on the held-out batch, each the %s, of %s", lateSteps, arm)
}
