// SPDX-License-Identifier: Apache-2.0

package task

import (
	"errors"
	"fmt"
)

// Bounds of a task. maxValues holds 2 GB of float32.
const (
	maxWidth   = 4096
	maxSamples = 10_000_000
	maxValues  = 500_000_000
)

// Size is what every task has.
type Size struct {
	Width   int // D
	Classes int // K
	Train   int
	Test    int
	Seed    uint64
}

func defaultSize() Size { return Size{Width: 64, Classes: 10, Train: 4000, Test: 1000, Seed: 1} }

// validate checks the sizes; 2 <= K <= D and an even D are what a reversible network can take.
func (s *Size) validate() error {
	if err := inRange("width", s.Width, 2, maxWidth); err != nil {
		return err
	}
	if s.Width%2 != 0 {
		return fmt.Errorf("width: got %d; allowed: even numbers, since a reversible network halves its input", s.Width)
	}
	for _, err := range []error{
		inRange("classes", s.Classes, 2, s.Width), inRange("train", s.Train, 1, maxSamples), inRange("test", s.Test, 1, maxSamples),
	} {
		if err != nil {
			return err
		}
	}
	if n := s.Width * (s.Train + s.Test); n > maxValues {
		return fmt.Errorf("train: got %d features of %d samples, %d values; allowed: at most %d", s.Width, s.Train+s.Test, n, maxValues)
	}
	return nil
}

func inRange(key string, n, low, high int) error {
	if n < low || n > high {
		return fmt.Errorf("%s: got %d; allowed: %d to %d", key, n, low, high)
	}
	return nil
}

// errEmpty is a colon with nothing behind it.
var errEmpty = errors.New("nothing stands after the colon; want key=value,..., or the name alone for the defaults")
