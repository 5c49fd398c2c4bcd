// SPDX-License-Identifier: Apache-2.0

package data

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
)

// Augment varies training samples as they are gathered. What happens to a sample is a function of (Seed, epoch, its index) alone: neither the batch that it
// lies in nor the other kinds of augmentation change it. The zero value changes nothing.
type Augment struct {
	// Crop cuts out a rectangle of 8 to 100 % of the area, with a ratio of width to height of 3/4 to 4/3 (uniform in the logarithm), and scales it to the
	// size of the image, bilinearly: torchvision's RandomResizedCrop with its defaults. After ten rectangles that do not fit, the whole image.
	Crop bool
	// Flip mirrors left and right with probability 1/2.
	Flip bool
	// Noise is the standard deviation of Gaussian noise added to every value, in units of the normalised values. It comes last.
	Noise float64
	// Seed is the seed of the run.
	Seed uint64
}

// Crop's defaults, as torchvision.transforms.RandomResizedCrop has them.
const (
	cropScaleLow, cropScaleHigh = 0.08, 1.0
	cropRatioLow, cropRatioHigh = 3.0 / 4, 4.0 / 3
	cropTries                   = 10
)

// Active says that samples change at all.
func (a Augment) Active() bool { return a.Crop || a.Flip || a.Noise != 0 }

// Check says why the set cannot be augmented so.
func (a Augment) Check(s *Set) error {
	switch {
	case (a.Crop || a.Flip) && !s.Image():
		return fmt.Errorf("augment: crop and flip need images, and %s has none (noise:STD works on any data set)", s.Name)
	case !(a.Noise >= 0) || math.IsInf(a.Noise, 0):
		return fmt.Errorf("augment: noise %v, want a standard deviation of 0 or more", a.Noise)
	}
	return nil
}

// Gather is [Set.Gather] with the samples augmented for an epoch, counted from 0, on all processors. The set itself stays. What [Augment.Check] refuses
// is refused here too.
func (a Augment) Gather(s *Set, epoch int, idx []int, x []float32, y []int32) error {
	if err := a.Check(s); err != nil {
		return err
	}
	s.Gather(idx, x, y)
	if !a.Active() {
		return nil
	}
	return eachSample(context.Background(), len(idx), func(k int) {
		a.apply(s, epoch, idx[k], x[k*s.D:(k+1)*s.D])
	})
}

// apply changes the sample x, which has index i.
func (a Augment) apply(s *Set, epoch, i int, x []float32) {
	if a.Crop {
		box := drawBox(draws(a.Seed, "augment crop", epoch, i), s.Height, s.Width)
		if plane := s.Height * s.Width; box != (rectangle{0, 0, s.Height, s.Width}) {
			for c := range s.Channels {
				box.resize(s.Row(i)[c*plane:(c+1)*plane], x[c*plane:(c+1)*plane], s.Height, s.Width)
			}
		}
	}
	if a.Flip && draws(a.Seed, "augment flip", epoch, i).Uint64()>>63 == 1 {
		mirror(x, s.Width)
	}
	if a.Noise > 0 {
		rng := draws(a.Seed, "augment noise", epoch, i)
		for j := range x {
			x[j] += float32(a.Noise * rng.NormFloat64())
		}
	}
}

// mirror reverses each row of width values.
func mirror(x []float32, width int) {
	for ; len(x) > 0; x = x[width:] {
		for i, j := 0, width-1; i < j; i, j = i+1, j-1 {
			x[i], x[j] = x[j], x[i]
		}
	}
}

// rectangle is rows top..top+height-1 and columns left..left+width-1 of an image.
type rectangle struct{ top, left, height, width int }

// drawBox draws Crop's rectangle in an image.
func drawBox(rng *rand.Rand, height, width int) rectangle {
	between := func(low, high float64) float64 { return low + uniform(rng)*(high-low) }
	for range cropTries {
		area := float64(height*width) * between(cropScaleLow, cropScaleHigh)
		ratio := math.Exp(between(math.Log(cropRatioLow), math.Log(cropRatioHigh)))
		w, h := int(math.Round(math.Sqrt(area*ratio))), int(math.Round(math.Sqrt(area/ratio)))
		if w > 0 && w <= width && h > 0 && h <= height {
			return rectangle{rng.IntN(height - h + 1), rng.IntN(width - w + 1), h, w}
		}
	}
	return wholeBox(height, width)
}

// wholeBox is the largest centred rectangle with a ratio that Crop allows: the whole image where its own ratio is one.
func wholeBox(height, width int) rectangle {
	h, w := height, width
	switch ratio := float64(width) / float64(height); {
	case ratio < cropRatioLow:
		h = int(math.Round(float64(width) / cropRatioLow))
	case ratio > cropRatioHigh:
		w = int(math.Round(float64(height) * cropRatioHigh))
	}
	return rectangle{(height - h) / 2, (width - w) / 2, h, w}
}
