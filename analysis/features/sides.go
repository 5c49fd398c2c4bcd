// SPDX-License-Identifier: Apache-2.0

package features

import (
	"math/bits"

	"revgn/internal/number"
)

// sides are which units of a coupling are on for which samples, a bit each.
type sides struct {
	samples, units int
	bits           []uint64 // unit by unit, each in whole words
}

// words is the number of words that a unit takes.
func (s *sides) words() int { return (s.samples + 63) / 64 }

// newSides packs on (N, h), row by row.
func newSides(samples, units int, on []bool) *sides {
	s := &sides{samples: samples, units: units}
	words := s.words()
	s.bits = make([]uint64, units*words)
	for i := range samples {
		for k := range units {
			if on[i*units+k] {
				s.bits[k*words+i/64] |= 1 << (i % 64)
			}
		}
	}
	return s
}

// shares are those of pairs of sample and unit that are on, and of units that are off, or on, for every sample.
func (s *sides) shares() Sides {
	var on, off, always int
	for k := range s.units {
		count := 0
		for _, w := range s.unit(k) {
			count += bits.OnesCount64(w)
		}
		on += count
		switch count {
		case 0:
			off++
		case s.samples:
			always++
		}
	}
	return Sides{On: share(on, s.units*s.samples), AlwaysOff: share(off, s.units), AlwaysOn: share(always, s.units)}
}

func (s *sides) unit(k int) []uint64 {
	words := s.words()
	return s.bits[k*words : (k+1)*words]
}

// against are the shares of pairs whose side differs from o's, and of units with such a pair.
func (s *sides) against(o *sides) (pairs, units number.Number) {
	var flipped, touched int
	for k := range s.units {
		count, other := 0, o.unit(k)
		for j, w := range s.unit(k) {
			count += bits.OnesCount64(w ^ other[j])
		}
		flipped += count
		if count > 0 {
			touched++
		}
	}
	return share(flipped, s.units*s.samples), share(touched, s.units)
}

func share(part, whole int) number.Number { return number.Number(float64(part) / float64(whole)) }
