// SPDX-License-Identifier: Apache-2.0

// Package number is how numbers stand in texts and files. In a file one that is not finite is null, one that is not there is left out.
package number

import (
	"fmt"
	"math"
	"strconv"
)

// Number is a float64 that JSON writes as null where it is not finite; null reads
// back as NaN.
type Number float64

// MarshalJSON writes the shortest decimal that reads back the same.
func (n Number) MarshalJSON() ([]byte, error) {
	v := float64(n)
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return []byte("null"), nil
	}
	return strconv.AppendFloat(nil, v, 'g', -1, 64), nil
}

// UnmarshalJSON reads a number or null.
func (n *Number) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*n = Number(math.NaN())
		return nil
	}
	v, err := strconv.ParseFloat(string(b), 64)
	if err != nil {
		return fmt.Errorf("value %.40s, want a number or null", b)
	}
	*n = Number(v)
	return nil
}

// Optional is a Number that may be absent; absent ones are left out of JSON.
// The zero value is absent.
type Optional struct {
	Value Number
	Set   bool
}

// Some returns a present number.
func Some(v float64) Optional { return Optional{Number(v), true} }

// IsZero makes encoding/json's omitzero leave the absent out.
func (o Optional) IsZero() bool { return !o.Set }

// MarshalJSON writes the number.
func (o Optional) MarshalJSON() ([]byte, error) { return o.Value.MarshalJSON() }

// UnmarshalJSON reads a number or null; both make it present.
func (o *Optional) UnmarshalJSON(b []byte) error {
	o.Set = true
	return o.Value.UnmarshalJSON(b)
}
