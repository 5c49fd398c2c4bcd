// SPDX-License-Identifier: Apache-2.0

package record

import "math"

// perDecade is the resolution of NewLogCounts: a bin is a factor of 1.26.
const perDecade = 10

// NewLogCounts counts positive, finite numbers by their size; it is nil for none.
func NewLogCounts(values []float64) *LogCounts {
	if len(values) == 0 {
		return nil
	}
	bins := make([]int, len(values))
	first, last := math.MaxInt, math.MinInt
	for i, v := range values {
		bins[i] = int(math.Floor(perDecade * math.Log10(v)))
		first, last = min(first, bins[i]), max(last, bins[i])
	}
	c := &LogCounts{PerDecade: perDecade, First: first, Counts: make([]int, last-first+1)}
	for _, bin := range bins {
		c.Counts[bin-first]++
	}
	return c
}

// Edge is the decimal logarithm at which bin i begins and the one before ends.
func (c *LogCounts) Edge(i int) float64 { return float64(c.First+i) / float64(c.PerDecade) }
