// SPDX-License-Identifier: Apache-2.0

package analysis_test

import (
	"math"
	"testing"

	"revgn/analysis"
)

// For a mean the jackknife's error is the usual one, √(variance/m).
func TestJackknifeErrorOfAMean(t *testing.T) {
	draws := []float64{3, -1, 4, 1, 5}
	var sum, squares float64
	for _, v := range draws {
		sum += v
	}
	without := make([]float64, len(draws))
	for i, v := range draws {
		without[i] = (sum - v) / 4
		squares += (v - sum/5) * (v - sum/5)
	}
	if got, want := analysis.JackknifeError(without), math.Sqrt(squares/4/5); math.Abs(got-want) > 1e-14 {
		t.Errorf("got %v, want %v", got, want)
	}
	for _, few := range [][]float64{nil, {1}} {
		if got := analysis.JackknifeError(few); !math.IsNaN(got) {
			t.Errorf("of %d replicates: got %v, want NaN", len(few), got)
		}
	}
}
