// SPDX-License-Identifier: Apache-2.0

package data

import (
	"context"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"revgn/internal/npy"
)

// pictures are n images of c x h x w values, all different.
func pictures(n, c, h, w int) *Set {
	s := &Set{Name: "pictures", D: c * h * w, Classes: 2, Channels: c, Height: h, Width: w, X: make([]float32, n*c*h*w), Y: make([]int32, n)}
	for i := range s.X {
		s.X[i] = float32(i%1009) / 100
	}
	return s
}

func augmented(t *testing.T, a Augment, s *Set, epoch int, idx ...int) []float32 {
	t.Helper()
	x, y := make([]float32, len(idx)*s.D), make([]int32, len(idx))
	if err := a.Gather(s, epoch, idx, x, y); err != nil {
		t.Fatal(err)
	}
	return x
}

// A sample's augmentation is a function of (seed, epoch, index): its place in the batch and its neighbours do not matter.
func TestAugmentIsAFunctionOfTheSample(t *testing.T) {
	s := pictures(300, 3, 8, 8)
	before := slices.Clone(s.X)
	all := first300()
	for name, a := range map[string]Augment{"crop": {Crop: true}, "flip": {Flip: true}, "noise": {Noise: 0.5}, "all": {Crop: true, Flip: true, Noise: 0.1}} {
		x := augmented(t, a, s, 4, all...)
		alone := augmented(t, a, s, 4, 250, 3)
		if !slices.Equal(alone[:s.D], x[250*s.D:251*s.D]) || !slices.Equal(alone[s.D:], x[3*s.D:4*s.D]) {
			t.Errorf("%s: a sample depends on its batch", name)
		}
		if slices.Equal(x, augmented(t, a, s, 5, all...)) {
			t.Errorf("%s: the next epoch repeats this one", name)
		}
		a.Seed++
		if slices.Equal(x, augmented(t, a, s, 4, all...)) {
			t.Errorf("%s: another seed does the same", name)
		}
	}
	if !slices.Equal(before, s.X) {
		t.Error("the set itself changed")
	}
	if x := augmented(t, Augment{}, s, 1, all...); !slices.Equal(x, s.X) {
		t.Error("no augmentation changes samples")
	}
}

func first300() []int {
	idx := make([]int, 300)
	for i := range idx {
		idx[i] = i
	}
	return idx
}

// Numbers that hold on every machine.
func TestAugmentGolden(t *testing.T) {
	s := pictures(3, 1, 4, 4)
	if got, want := drawBox(draws(1, "augment crop", 0, 0), 32, 32), (rectangle{2, 3, 29, 25}); got != want {
		t.Errorf("box %+v, want %+v", got, want)
	}
	got := augmented(t, Augment{Crop: true, Flip: true, Noise: 0.1, Seed: 1}, s, 0, 1)
	want := []float32{0.13856502, 0.392914, 0.24843141, 0.16020598, 0.33585173, 0.4520777, 0.22230807, 0.14280331,
		0.34346446, 0.06286529, 0.17997229, 0.34989238, 0.4676646, 0.32157093, 0.32881477, 0.22186658}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Boxes lie in the image, with the areas and ratios of the recipe.
func TestDrawBox(t *testing.T) {
	for _, size := range [][2]int{{32, 32}, {28, 28}, {8, 8}, {1, 1}, {4, 40}, {40, 4}} {
		h, w := size[0], size[1]
		var area float64
		seen := map[rectangle]bool{}
		for i := range 4000 {
			b := drawBox(draws(1, "box", i), h, w)
			if b.top < 0 || b.left < 0 || b.height < 1 || b.width < 1 || b.top+b.height > h || b.left+b.width > w {
				t.Fatalf("box %+v in %d x %d", b, h, w)
			}
			// Rounding moves each side by half a pixel at most.
			low, high := float64(b.width-1)/float64(b.height+1), float64(b.width+1)/float64(max(b.height-1, 1))
			if b.height > 1 && (high < cropRatioLow || low > cropRatioHigh) {
				t.Fatalf("box %+v has a ratio outside 3/4 to 4/3", b)
			}
			area += float64(b.height*b.width) / float64(h*w) / 4000
			seen[b] = true
		}
		if h == 32 && (math.Abs(area-0.5) > 0.04 || len(seen) < 1000) {
			t.Errorf("mean area %.3f of the image, want about 1/2 (less what does not fit); %d boxes", area, len(seen))
		}
	}
	if got := wholeBox(40, 4); got != (rectangle{17, 0, 5, 4}) {
		t.Errorf("fallback %+v", got)
	}
}

func TestResize(t *testing.T) {
	src := []float32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
	dst := make([]float32, 16)
	rectangle{0, 0, 4, 4}.resize(src, dst, 4, 4)
	if !slices.Equal(src, dst) {
		t.Errorf("the whole image becomes %v", dst)
	}
	// Pixel centres at -1/4, 1/4, 3/4, 5/4 of the two: the ends stay, the middle mixes 3:1.
	rectangle{1, 2, 2, 2}.resize(src, dst, 4, 4)
	want := []float32{6, 6.25, 6.75, 7, 7, 7.25, 7.75, 8, 9, 9.25, 9.75, 10, 10, 10.25, 10.75, 11}
	if !slices.Equal(dst, want) {
		t.Errorf("got %v, want %v", dst, want)
	}
	rectangle{3, 0, 1, 1}.resize(src, dst, 4, 4)
	if slices.Min(dst) != 12 || slices.Max(dst) != 12 {
		t.Errorf("one pixel becomes %v", dst)
	}
}

// Flipping mirrors about half of the images, channel by channel, and twice is nothing.
func TestFlip(t *testing.T) {
	s := pictures(2000, 2, 2, 3)
	idx := make([]int, s.Len())
	for i := range idx {
		idx[i] = i
	}
	x, flipped := augmented(t, Augment{Flip: true, Seed: 2}, s, 0, idx...), 0
	for i := range idx {
		row := x[i*s.D : (i+1)*s.D]
		if slices.Equal(row, s.Row(i)) {
			continue
		}
		flipped++
		mirror(row, s.Width)
		if !slices.Equal(row, s.Row(i)) {
			t.Fatalf("sample %d mirrored back is %v, want %v", i, row, s.Row(i))
		}
	}
	if flipped < 880 || flipped > 1120 {
		t.Errorf("%d of 2000 are flipped", flipped)
	}
}

func TestAugmentNoise(t *testing.T) {
	s := pictures(500, 1, 6, 6)
	s.Channels, s.Height, s.Width = 0, 0, 0
	x := augmented(t, Augment{Noise: 0.3}, s, 0, first300()...)
	var sum, square float64
	for i, v := range x {
		d := float64(v - s.X[i])
		sum, square = sum+d, square+d*d
	}
	n := float64(len(x))
	if mean, std := sum/n, math.Sqrt(square/n); math.Abs(mean) > 0.02 || math.Abs(std-0.3) > 0.01 {
		t.Errorf("noise of mean %.4f and std %.4f, want 0 and 0.3", mean, std)
	}
}

func TestAugmentRefuses(t *testing.T) {
	s := &Set{Name: "csv:x", D: 4, X: make([]float32, 4), Y: make([]int32, 1)}
	for _, c := range []struct {
		a    Augment
		want string
	}{{Augment{Crop: true}, "noise:STD works"}, {Augment{Flip: true}, "csv:x has none"}, {Augment{Noise: -1}, "0 or more"}, {Augment{Noise: math.NaN()}, "NaN"}} {
		if err := c.a.Gather(s, 0, []int{0}, make([]float32, 4), make([]int32, 1)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: error %v, want %q", c.a, err, c.want)
		}
	}
}

// Geometry comes with the sets that are images.
func TestGeometry(t *testing.T) {
	small := t.TempDir()
	smallMNIST(t, filepath.Join(small, "mnist"), "", func(b []byte) []byte { return b })
	for name, c := range map[string]struct {
		dir   string
		image [3]int
	}{
		"digits": {"", [3]int{1, 8, 8}}, "mnist": {small, [3]int{1, 2, 2}},
		"npz:" + writeNPZ(t, 10, 3, 4): {"", [3]int{1, 3, 4}}, "npz:" + writeNPZ(t, 10, 12): {"", [3]int{}},
	} {
		src, err := Open(context.Background(), name, c.dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []*Set{src.Train, src.Test} {
			if got := [3]int{s.Channels, s.Height, s.Width}; got != c.image || s.Image() != (c.image != [3]int{}) {
				t.Errorf("%s: %v, want %v", name, got, c.image)
			}
		}
	}
}

// writeNPZ writes x of that shape and labels 0, 1, 0, ...
func writeNPZ(t *testing.T, shape ...int) string {
	n := 1
	for _, k := range shape {
		n *= k
	}
	x, y := make([]float32, n), make([]int32, shape[0])
	for i := range x {
		x[i] = float32(i)
	}
	for i := range y {
		y[i] = int32(i % 2)
	}
	path := filepath.Join(t.TempDir(), "a.npz")
	write(t, path, archive(t, npy.Array{Name: "x", Shape: shape, Data: x}, npy.Array{Name: "y", Shape: []int{len(y)}, Data: y}))
	return path
}

func BenchmarkAugmentCIFAR(b *testing.B) {
	s := pictures(1000, 3, 32, 32)
	idx := make([]int, s.Len())
	for i := range idx {
		idx[i] = i
	}
	x, y := make([]float32, len(s.X)), make([]int32, len(s.Y))
	for epoch := 0; b.Loop(); epoch++ {
		if err := (Augment{Crop: true, Flip: true, Noise: 0.1}).Gather(s, epoch, idx, x, y); err != nil {
			b.Fatal(err)
		}
	}
}
