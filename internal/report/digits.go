// SPDX-License-Identifier: Apache-2.0

package report

import (
	"math"
	"strconv"
)

// pageDigits are more than a screen can show of a curve.
const pageDigits = 5

// digits are numbers that the page is given with few digits: most of the page is these.
type digits []float64

// MarshalJSON writes null for what is not finite.
func (d digits) MarshalJSON() ([]byte, error) {
	b := append(make([]byte, 0, 8*len(d)+2), '[')
	for i, v := range d {
		if i > 0 {
			b = append(b, ',')
		}
		if math.IsNaN(v) || math.IsInf(v, 0) {
			b = append(b, "null"...)
			continue
		}
		b = strconv.AppendFloat(b, v, 'g', pageDigits, 64)
	}
	return append(b, ']'), nil
}

// deltas are ascending whole numbers, each less the one before it.
type deltas []float64

// MarshalJSON writes them.
func (d deltas) MarshalJSON() ([]byte, error) {
	b := append(make([]byte, 0, 4*len(d)+2), '[')
	last := 0.0
	for i, v := range d {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendFloat(b, v-last, 'f', -1, 64)
		last = v
	}
	return append(b, ']'), nil
}
