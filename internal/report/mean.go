// SPDX-License-Identifier: Apache-2.0

package report

import (
	"math"

	"gonum.org/v1/gonum/stat"

	"revgn/internal/stats"
)

// confidence is that of every interval of a report.
const confidence = 0.95

// Band is the mean of a quantity over runs that differ in their seed alone, with the interval of Student's t.
type Band struct {
	Runs         int // that each mean is of
	Step         []float64
	Mean, Lo, Hi []float64
}

// bandOf is the mean over traces at the steps that all of them have: a run that ended early, or whose numbers are not finite, ends the mean rather than
// leaving it to the others. nil for fewer than two traces, or none of those steps.
func bandOf(traces []*Trace) *Band {
	if len(traces) < 2 {
		return nil
	}
	b := &Band{Runs: len(traces)}
	factor := tFactor(len(traces))
	next := make([]int, len(traces))
	values := make([]float64, len(traces))
	for i, step := range traces[0].Step {
		values[0] = traces[0].Y[i]
		all := true
		for k := 1; k < len(traces); k++ {
			t := traces[k]
			for next[k] < t.Len() && t.Step[next[k]] < step {
				next[k]++
			}
			if next[k] == t.Len() || t.Step[next[k]] != step {
				all = false
				break
			}
			values[k] = t.Y[next[k]]
		}
		if all {
			mean, half := interval(values, factor)
			b.Step, b.Mean = append(b.Step, step), append(b.Mean, mean)
			b.Lo, b.Hi = append(b.Lo, mean-half), append(b.Hi, mean+half)
		}
	}
	if len(b.Step) == 0 {
		return nil
	}
	return b
}

// interval is the mean of n values and half the width of its interval, t s/√n with t from tFactor; NaN for one value.
func interval(values []float64, t float64) (mean, half float64) {
	mean, std := stat.MeanStdDev(values, nil)
	return mean, t * std / math.Sqrt(float64(len(values)))
}

// tFactor is the critical value of Student's t with n - 1 degrees of freedom, NaN for n < 2. A band has thousands of intervals of the same n.
func tFactor(n int) float64 { return stats.CriticalT(confidence, float64(n-1)) }
