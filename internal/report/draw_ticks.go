// SPDX-License-Identifier: Apache-2.0

package report

import (
	"math"
	"strconv"

	"gonum.org/v1/plot"
)

// roundTicks names multiples of 1, 2 or 5 times a power of ten, at most ten of them, all with as many decimals.
type roundTicks struct{}

// Ticks returns the multiples between lo and hi.
func (roundTicks) Ticks(lo, hi float64) []plot.Tick {
	const most = 10
	least := hi/(most-1) - lo/(most-1)
	power := math.Floor(math.Log10(least))
	step := math.Pow(10, power)
	for _, factor := range []float64{2, 5, 10} {
		if step < least {
			step = factor * math.Pow(10, power)
		}
	}
	var ticks []plot.Tick
	for i, first := 0, math.Ceil(lo/step-1e-9); i < most; i++ {
		v := (first + float64(i)) * step
		if near := min(max(v, lo), hi); math.Abs(v-near) < 1e-9*step {
			ticks = append(ticks, plot.Tick{Value: near, Label: tickLabel(v, step)})
		}
	}
	return ticks
}

// tickLabel is a multiple of step, without digits that step does not have.
func tickLabel(v, step float64) string {
	decimals := max(0, int(math.Ceil(-math.Log10(step)-1e-9)))
	if decimals > 5 || math.Abs(v) >= 1e6 {
		return strconv.FormatFloat(v, 'g', 4, 64)
	}
	return strconv.FormatFloat(v, 'f', decimals, 64)
}

// sparseLog names at most eight decades.
type sparseLog struct{}

// Ticks returns a tick for each decade, and a name for some of them.
func (sparseLog) Ticks(lo, hi float64) []plot.Tick {
	from, to := int(math.Round(math.Log10(lo))), int(math.Round(math.Log10(hi)))
	every := max(1, (to-from+7)/8)
	var ticks []plot.Tick
	for k := from; k <= to; k++ {
		t := plot.Tick{Value: math.Pow(10, float64(k))}
		if (k-from)%every == 0 {
			t.Label = decade(k)
		}
		ticks = append(ticks, t)
	}
	return ticks
}

// decade is the k-th power of ten.
func decade(k int) string {
	if k < -3 || k > 4 {
		return "1e" + strconv.Itoa(k)
	}
	return strconv.FormatFloat(math.Pow(10, float64(k)), 'f', max(0, -k), 64)
}

// valueTicks name values.
func valueTicks(values []float64) plot.ConstantTicks {
	var ticks plot.ConstantTicks
	for _, v := range values {
		ticks = append(ticks, plot.Tick{Value: v, Label: Figure(v)})
	}
	return ticks
}
