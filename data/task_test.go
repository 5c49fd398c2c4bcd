// SPDX-License-Identifier: Apache-2.0

package data

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

func open(t *testing.T, name string) *Source {
	t.Helper()
	src, err := Open(context.Background(), name, "", Options{})
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// The samples of a task never change: a result is about the same ones everywhere.
func TestTaskGolden(t *testing.T) {
	for _, c := range []struct{ name, hash string }{
		{"teacher:train=100,test=50", "6f9167ff1c0bcd4c760126acaa2c67d4cc31c6959b2c108a84d551a1cab21af2"},
		{"teacher:train=100,test=50,width=10,classes=3,blocks=1,hidden=7,gain=2,seed=9", "f947097cc3d8a17f26f4e355ae081d8174842f78aec3b410515b567ea1a46cab"},
		{"synthetic:train=100,test=50", "7563234a3d2d44bc7843621329e88b49638daf55d9fd0ea8039f28d05cd42b38"},
		{"synthetic:train=100,test=50,rule=quadratic,alpha=2,beta=0.5,rotate=false", "7120f0dc139193a1451f9f118c856aec32fef2e4be010c9eae914a9aa4697844"},
		{"synthetic:train=100,test=50,kind=parity", "ef3b81c2dc1b6e6c98e4cd6e305aff893bf4fd1c85486a82297932e25e981d47"},
		{"synthetic:train=100,test=50,kind=staircase", "0dd08a92ca0cb7d6695e653c4672cc4921309524af3576bf23d8b74426b2e61f"},
		{"synthetic:train=100,test=50,kind=random", "6f7f9de14668d465e8eeab664da3256377676a969c8f6cd56206fcfdf8a15964"},
	} {
		src := open(t, c.name)
		if src.Hash != c.hash {
			t.Errorf("%s: hash %s, want %s", c.name, src.Hash, c.hash)
		}
		if src.Place != "computed" || len(src.Notes) != 1 || src.Train.Len() != 100 || src.Test.Len() != 50 || src.Train.Image() {
			t.Errorf("%s: %d and %d samples, %+v", c.name, src.Train.Len(), src.Test.Len(), src.Notes)
		}
		if again := open(t, src.Name); again.Hash != src.Hash {
			t.Errorf("%s read as %s is another task", c.name, src.Name)
		}
	}
}

// A sample depends on its index alone: more samples begin with the fewer, and the test part stays.
func TestTaskPrefix(t *testing.T) {
	for _, name := range []string{"teacher:width=8,classes=3", "synthetic:width=8,classes=3", "synthetic:width=8,kind=parity", "synthetic:width=8,classes=3,kind=random"} {
		few, many := open(t, name+",train=70,test=30"), open(t, name+",train=200,test=30")
		if !slices.Equal(few.Train.X, many.Train.X[:70*8]) || !slices.Equal(few.Train.Y, many.Train.Y[:70]) || few.Test.Hash != many.Test.Hash {
			t.Errorf("%s: the first samples differ", name)
		}
		if other := open(t, name+",train=70,test=30,seed=2"); slices.Equal(few.Train.X, other.Train.X) || slices.Equal(few.Train.Y, other.Train.Y) {
			t.Errorf("%s: seed 2 gives the samples of seed 1", name)
		}
		if slices.Equal(few.Train.X[:30*8], few.Test.X) {
			t.Errorf("%s: the test part repeats the training part", name)
		}
	}
}

// Inputs have mean square 1 a feature, and a power law has its spectrum along its modes.
func TestTaskMoments(t *testing.T) {
	for _, name := range []string{"teacher:train=4000", "synthetic:train=4000", "synthetic:train=4000,rotate=false", "synthetic:kind=parity", "synthetic:kind=random"} {
		set := open(t, name).Train
		var square float64
		for _, v := range set.X {
			square += float64(v) * float64(v)
		}
		if got := square / float64(len(set.X)); math.Abs(got-1) > 0.05 {
			t.Errorf("%s: mean square %v, want about 1", name, got)
		}
	}
	set := open(t, "synthetic:train=20000,rotate=false,width=16,classes=2,alpha=1.5").Train
	variance := make([]float64, 16)
	for i := range set.Len() {
		for j, v := range set.Row(i) {
			variance[j] += float64(v) * float64(v) / float64(set.Len())
		}
	}
	for j, v := range variance {
		if want := variance[0] * math.Pow(float64(j+1), -1.5); math.Abs(v/want-1) > 0.08 {
			t.Errorf("mode %d has variance %.4g, want about %.4g", j+1, v, want)
		}
	}
}

// The rotated task is the one along the features, seen from elsewhere: labels and norms stay.
func TestPowerLawRotation(t *testing.T) {
	a, b := open(t, "synthetic:train=50").Train, open(t, "synthetic:train=50,rotate=false").Train
	if !slices.Equal(a.Y, b.Y) {
		t.Error("labels differ")
	}
	for i := range a.Len() {
		var na, nb float64
		for j := range a.D {
			na, nb = na+float64(a.Row(i)[j])*float64(a.Row(i)[j]), nb+float64(b.Row(i)[j])*float64(b.Row(i)[j])
		}
		if math.Abs(na/nb-1) > 1e-5 {
			t.Errorf("sample %d: squared norm %v, along the features %v", i, na, nb)
		}
	}
}

// Labels follow the formula that the notes state.
func TestSignLabels(t *testing.T) {
	parity, stair := open(t, "synthetic:kind=parity,k=3"), open(t, "synthetic:kind=staircase,k=3")
	support := Order(1, 0, 64)[:3]
	for _, set := range []*Set{parity.Train, stair.Test} {
		for i := range set.Len() {
			x := set.Row(i)
			a, b, c := x[support[0]], x[support[1]], x[support[2]]
			value := a * b * c
			if set == stair.Test {
				value += a + a*b
			}
			if (value < 0) != (set.Y[i] == 1) || a*a != 1 {
				t.Fatalf("%s: sample %d has label %d where the formula gives %v", set.Name, i, set.Y[i], value)
			}
		}
	}
	if want := "label 1 where x3·x21·x4 < 0, "; !strings.HasPrefix(parity.Notes[0], want) {
		t.Errorf("note %q, want %q", parity.Notes[0], want)
	}
	if want := "label 1 where x3 + x3·x21 + x3·x21·x4 < 0, "; !strings.HasPrefix(stair.Notes[0], want) {
		t.Errorf("note %q, want %q", stair.Notes[0], want)
	}
}

// Every class occurs, none is rare: a teacher's logits are centred.
func TestTaskClasses(t *testing.T) {
	for _, name := range []string{"teacher", "teacher:gain=0,seed=5", "synthetic", "synthetic:rule=quadratic", "synthetic:kind=random", "synthetic:kind=staircase"} {
		src := open(t, name)
		for k, n := range src.Train.Counts() {
			if share := float64(n*src.Train.Classes) / float64(src.Train.Len()); share < 0.4 || share > 1.8 {
				t.Errorf("%s: class %d has %.2f times its share", name, k, share)
			}
		}
	}
}

// No linear form of the input correlates with the labels of a quadratic rule, a linear rule's do.
func TestQuadraticIsNotLinear(t *testing.T) {
	correlation := func(name string) (largest float64) {
		set := open(t, name).Train
		for j := range set.D {
			var sum, square float64
			for i := range set.Len() {
				v := float64(set.Row(i)[j])
				sum, square = sum+v*float64(1-2*set.Y[i]), square+v*v
			}
			largest = max(largest, math.Abs(sum)/math.Sqrt(square*float64(set.Len())))
		}
		return largest
	}
	const n = ",classes=2,width=16,rotate=false,train=20000"
	if linear, quadratic := correlation("synthetic:rule=linear"+n), correlation("synthetic:rule=quadratic"+n); linear < 0.3 || quadratic > 0.03 {
		t.Errorf("correlations with a feature: linear %.3f, quadratic %.3f", linear, quadratic)
	}
}

func TestTaskErrors(t *testing.T) {
	if _, err := Open(context.Background(), "teacher:widht=4", "", Options{}); err == nil || !strings.Contains(err.Error(), `did you mean "width"`) {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, name := range []string{"teacher", "synthetic", "synthetic:kind=random"} {
		if _, err := Open(ctx, name, "", Options{}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: error %v after it was cancelled", name, err)
		}
	}
}
