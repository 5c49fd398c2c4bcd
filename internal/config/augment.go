// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"
	"math"
	"strings"

	"revgn/internal/nearest"
)

// The kinds of augmentation.
const (
	augmentNone  = "none"
	augmentCrop  = "crop"
	augmentFlip  = "flip"
	augmentNoise = "noise"
)

const augmentForms = "none|LIST of crop,flip,noise:STD"

// Augment varies training samples as batches are gathered; the zero value does nothing.
type Augment struct {
	Crop  bool    // random resized crop
	Flip  bool    // left and right, with probability 1/2
	Noise float64 // standard deviation, in units of the normalised values
}

// ParseAugment reads none, or kinds with commas between, in any order.
func ParseAugment(s string) (Augment, error) {
	var a Augment
	if s == augmentNone {
		return a, nil
	}
	for item := range strings.SplitSeq(s, ",") {
		kind, value, valued := strings.Cut(item, ":")
		twice := false
		switch {
		case kind == augmentCrop && !valued:
			twice, a.Crop = a.Crop, true
		case kind == augmentFlip && !valued:
			twice, a.Flip = a.Flip, true
		case kind == augmentNoise && valued:
			std, err := parseFloat(value)
			if err != nil {
				return Augment{}, fmt.Errorf("noise: %w", err)
			}
			if !(std > 0) {
				return Augment{}, fmt.Errorf("noise: got %v; allowed: a standard deviation above 0, such as noise:0.1", std)
			}
			twice, a.Noise = a.Noise != 0, std
		default:
			return Augment{}, fmt.Errorf("got %q; allowed: %s%s", item, augmentForms, nearest.Hint(item, []string{augmentCrop, augmentFlip, "noise:0.1", augmentNone}))
		}
		if twice {
			return Augment{}, fmt.Errorf("%s stands twice in %q", kind, s)
		}
	}
	return a, nil
}

// String returns the text form, which ParseAugment reads back bit by bit.
func (a Augment) String() string {
	var kinds []string
	if a.Crop {
		kinds = append(kinds, augmentCrop)
	}
	if a.Flip {
		kinds = append(kinds, augmentFlip)
	}
	if a.Noise != 0 {
		kinds = append(kinds, augmentNoise+":"+formatFloat(a.Noise))
	}
	if kinds == nil {
		return augmentNone
	}
	return strings.Join(kinds, ",")
}

type augmentValue struct{ p *Augment }

func (v augmentValue) String() string { return v.p.String() }
func (v augmentValue) Type() string   { return augmentForms }
func (v augmentValue) Set(s string) error {
	a, err := ParseAugment(s)
	if err == nil {
		*v.p = a
	}
	return err
}

// checkSamples checks what is done to samples and labels.
func (o *Options) checkSamples() error {
	c := *o // Set writes; it must not write here
	switch {
	case !(o.LabelNoise >= 0 && o.LabelNoise <= 1):
		return fmt.Errorf("label-noise: got %v; allowed: a probability from 0 to 1", o.LabelNoise)
	case !(o.Augment.Noise >= 0) || math.IsInf(o.Augment.Noise, 0):
		return fmt.Errorf("augment: got noise:%v; allowed: a finite standard deviation above 0", o.Augment.Noise)
	case o.Whiten == WhitenPCA && (o.Augment.Crop || o.Augment.Flip):
		return fmt.Errorf("augment: got %s with whiten pca, whose features are no pixels; use --whiten zca, or --augment noise:STD", o.Augment)
	}
	return named("whiten", enumValue[Whiten]{p: &c.Whiten, allowed: whitens()}.Set(string(o.Whiten)))
}
