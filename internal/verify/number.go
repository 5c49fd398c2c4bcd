// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"encoding/json"
	"math"
)

// Number is a figure. In JSON one that is not finite is null.
type Number float64

// MarshalJSON writes null for NaN and infinities.
func (n Number) MarshalJSON() ([]byte, error) {
	if f := float64(n); math.IsNaN(f) || math.IsInf(f, 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n))
}

// UnmarshalJSON reads null as NaN.
func (n *Number) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		*n = Number(math.NaN())
		return nil
	}
	var f float64
	err := json.Unmarshal(text, &f)
	*n = Number(f)
	return err
}

// worseThan orders figures; one that is not a number is worse than any that is.
func (n Number) worseThan(m Number) bool {
	if math.IsNaN(float64(m)) {
		return false
	}
	return math.IsNaN(float64(n)) || n > m
}
