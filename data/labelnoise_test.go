// SPDX-License-Identifier: Apache-2.0

package data

import (
	"math"
	"slices"
	"testing"
)

func TestNoisyLabels(t *testing.T) {
	const n, classes = 20000, 5
	y := make([]int32, n)
	for i := range y {
		y[i] = int32(i % classes)
	}
	before := slices.Clone(y)
	var last []int32
	for _, p := range []float64{0, 0.1, 0.5, 0.8, 1} {
		noisy, replaced, err := NoisyLabels(y, classes, p, 7)
		if err != nil {
			t.Fatal(err)
		}
		differ, moved := 0, make([]int, classes)
		for i := range y {
			if noisy[i] != y[i] {
				differ++
				moved[(noisy[i]-y[i]+classes)%classes]++
			}
			if p > 0 && last[i] != y[i] && noisy[i] != last[i] {
				t.Fatalf("p = %v undoes what a smaller one did to label %d", p, i)
			}
		}
		// Five standard deviations of a binomial count.
		if want := p * n; differ != replaced || math.Abs(float64(differ)-want) > 5*math.Sqrt(want*(1-p)) {
			t.Errorf("p = %v: %d labels differ, %d told, want about %v", p, differ, replaced, want)
		}
		for k := 1; k < classes; k++ {
			if want := float64(differ) / (classes - 1); math.Abs(float64(moved[k])-want) > 5*math.Sqrt(want+1) {
				t.Errorf("p = %v: %d labels moved by %d, want about %v", p, moved[k], k, want)
			}
		}
		last = noisy
	}
	if !slices.Equal(y, before) {
		t.Error("the labels themselves changed")
	}
}

// A label's fate is that of (seed, index), whatever stands beside it.
func TestNoisyLabelsByIndex(t *testing.T) {
	y := []int32{0, 1, 2, 0, 1, 2, 0, 1, 2, 0}
	all, replaced, err := NoisyLabels(y, 3, 0.5, 3)
	if want := []int32{2, 1, 2, 1, 0, 2, 1, 1, 2, 0}; err != nil || replaced == 0 || !slices.Equal(all, want) {
		t.Errorf("%v, want %v; error %v", all, want, err)
	}
	if few, _, _ := NoisyLabels(y[:4], 3, 0.5, 3); !slices.Equal(few, all[:4]) {
		t.Errorf("the first four alone are %v, of ten %v", few, all[:4])
	}
	if other, _, _ := NoisyLabels(y, 3, 0.5, 4); slices.Equal(other, all) {
		t.Error("seed 4 does as seed 3")
	}
	for _, p := range []float64{-0.1, 1.1, math.NaN()} {
		if _, _, err := NoisyLabels(y, 3, p, 1); err == nil {
			t.Errorf("p = %v passes", p)
		}
	}
	if _, _, err := NoisyLabels(y, 1, 0.5, 1); err == nil {
		t.Error("one class passes")
	}
}
