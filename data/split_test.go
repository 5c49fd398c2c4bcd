// SPDX-License-Identifier: Apache-2.0

package data

import (
	"context"
	"math"
	"slices"
	"testing"
)

func TestSplit(t *testing.T) {
	y := make([]int32, 1797)
	for i := range y {
		y[i] = int32(i % 7 % 5) // unequal classes
	}
	train, test := Split(y)
	if len(train) != 1437 || len(test) != 360 {
		t.Fatalf("%d and %d samples, want 1437 and 360", len(train), len(test))
	}
	all := append(slices.Clone(train), test...)
	slices.Sort(all)
	for i, v := range all {
		if i != v {
			t.Fatalf("sample %d is in neither part or in both", i)
		}
	}
	var total, part [5]int
	for _, v := range y {
		total[v]++
	}
	for _, i := range test {
		part[y[i]]++
	}
	for c := range total {
		if share := float64(total[c]) / 5; math.Abs(float64(part[c])-share) > 1 {
			t.Errorf("class %d: %d test samples of %d", c, part[c], total[c])
		}
	}
}

func TestDigits(t *testing.T) {
	src, err := Open(context.Background(), "digits", "", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if src.Train.Len() != 1437 || src.Test.Len() != 360 || src.Train.D != 64 || src.Train.Classes != 10 {
		t.Fatalf("%d + %d samples of %d features, %d classes", src.Train.Len(), src.Test.Len(), src.Train.D, src.Train.Classes)
	}
	// The UCI page lists these counts for the test part, digits 0 to 9.
	want := []int{178, 182, 177, 183, 181, 182, 181, 179, 174, 180}
	for c, n := range src.Train.Counts() {
		if n += src.Test.Counts()[c]; n != want[c] {
			t.Errorf("digit %d occurs %d times, want %d", c, n, want[c])
		}
	}
	var sum, square float64
	for _, v := range src.Train.X {
		sum += float64(v)
		square += float64(v) * float64(v)
	}
	n := float64(len(src.Train.X))
	if mean, variance := sum/n, square/n; math.Abs(mean) > 1e-6 || math.Abs(variance-1) > 1e-6 {
		t.Errorf("training part has mean %g and variance %g, want 0 and 1", mean, variance)
	}
	// Undone, the normalisation gives the file's integers 0 to 16 again.
	for i, v := range src.Test.X {
		raw := float64(v)*src.Std[0] + src.Mean[0]
		if math.Abs(raw-math.Round(raw)) > 1e-5 || raw < -0.5 || raw > 16.5 {
			t.Fatalf("value %d is %g before normalisation, want an integer from 0 to 16", i, raw)
		}
	}
	if want := "1ce379b13bc9055be41c0f400251679281493b71f55691b4e757eeec74883032"; src.Hash != want {
		t.Errorf("hash %s, want %s: the split or the file changed", src.Hash, want)
	}
}

func TestTrainSize(t *testing.T) {
	ctx := context.Background()
	all, err := Open(ctx, "digits", "", Options{})
	if err != nil {
		t.Fatal(err)
	}
	some, err := Open(ctx, "digits", "", Options{TrainSize: 100})
	if err != nil {
		t.Fatal(err)
	}
	if some.Train.Len() != 100 || !slices.Equal(some.Train.X, all.Train.X[:100*64]) || !slices.Equal(some.Train.Y, all.Train.Y[:100]) {
		t.Error("not the first 100 training samples")
	}
	if some.Test.Hash != all.Test.Hash || !slices.Equal(some.Test.X, all.Test.X) {
		t.Error("the test set changed")
	}
	if some.Train.Hash == all.Train.Hash || some.Hash == all.Hash {
		t.Error("the hash did not change")
	}
	for _, n := range []int{-1, 1438} {
		if _, err := Open(ctx, "digits", "", Options{TrainSize: n}); err == nil {
			t.Errorf("train size %d was accepted", n)
		}
	}
	few, err := Open(ctx, "digits", "", Options{TrainSize: 3})
	if err != nil || len(few.Warnings) != 1 {
		t.Errorf("3 samples of 10 classes: warnings %q, error %v", few.Warnings, err)
	}
}

func TestGather(t *testing.T) {
	s := &Set{X: []float32{0, 1, 10, 11, 20, 21}, Y: []int32{5, 6, 7}, D: 2, Classes: 8}
	x, y := make([]float32, 4), make([]int32, 2)
	s.Gather([]int{2, 0}, x, y)
	if !slices.Equal(x, []float32{20, 21, 0, 1}) || !slices.Equal(y, []int32{7, 5}) {
		t.Errorf("got %v %v", x, y)
	}
}
