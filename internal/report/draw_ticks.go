// SPDX-License-Identifier: Apache-2.0

package report

import (
	"fmt"
	"math"
	"strconv"

	"gonum.org/v1/plot"
)

// roundTicks names multiples of 1, 2 or 5 times a power of ten, at most ten of them, all with as many decimals.
type roundTicks struct{}

// Ticks returns the multiples between lo and hi.
func (roundTicks) Ticks(lo, hi float64) []plot.Tick {
	const most = 10
	step := roundAbove(hi/(most-1) - lo/(most-1))
	var ticks []plot.Tick
	for i, first := 0, math.Ceil(lo/step-slack); i < most; i++ {
		v := (first + float64(i)) * step
		if near := min(max(v, lo), hi); math.Abs(v-near) < slack*step {
			ticks = append(ticks, plot.Tick{Value: near, Label: tickLabel(v, step)})
		}
	}
	return ticks
}

// tickLabel is a multiple of step, without digits that step does not have.
func tickLabel(v, step float64) string {
	decimals := max(0, int(math.Ceil(-math.Log10(step)-slack)))
	if decimals > 5 || math.Abs(v) >= 1e6 {
		return strconv.FormatFloat(v, 'g', 4, 64)
	}
	return strconv.FormatFloat(v, 'f', decimals, 64)
}

// sparseLog names at most eight decades, and where there are few their 2 and 5 too.
type sparseLog struct{}

// Ticks returns a tick for each decade, and a name for some of them.
func (sparseLog) Ticks(lo, hi float64) []plot.Tick {
	from, to := math.Log10(lo)-slack, math.Log10(hi)+slack
	every := max(1, int(to-from+7)/8)
	var ticks []plot.Tick
	for k := int(math.Floor(from)); float64(k) <= to; k++ {
		for _, digit := range []int{1, 2, 5} {
			at := float64(k) + math.Log10(float64(digit))
			if at < from || at > to || digit > 1 && to-from >= 2.5 {
				continue
			}
			t := plot.Tick{Value: min(max(math.Pow(10, at), lo), hi)}
			if digit > 1 || (k-int(math.Ceil(from)))%every == 0 {
				t.Label = decade(digit, k)
			}
			ticks = append(ticks, t)
		}
	}
	return ticks
}

// slack is what is taken for rounding, of a logarithm and of a ratio.
const slack = 1e-9

// roundBelow is the largest of 1, 2 and 5 times a power of ten that is not above x, roundAbove the smallest that is not below it.
func roundBelow(x float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(x)+slack))
	for _, digit := range []float64{5, 2} {
		if digit*power <= x*(1+slack) {
			return digit * power
		}
	}
	return max(power, math.SmallestNonzeroFloat64)
}

func roundAbove(x float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(x)+slack))
	for _, digit := range []float64{1, 2, 5} {
		if digit*power >= x*(1-slack) {
			return min(digit*power, math.MaxFloat64)
		}
	}
	return min(10*power, math.MaxFloat64)
}

// decade is a digit times the k-th power of ten.
func decade(digit, k int) string {
	if k < -3 || k > 4 {
		return fmt.Sprintf("%de%d", digit, k)
	}
	return strconv.FormatFloat(float64(digit)*math.Pow(10, float64(k)), 'f', max(0, -k), 64)
}

// valueTicks name values.
func valueTicks(values []float64) plot.ConstantTicks {
	var ticks plot.ConstantTicks
	for _, v := range values {
		ticks = append(ticks, plot.Tick{Value: v, Label: Figure(v)})
	}
	return ticks
}
