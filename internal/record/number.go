// SPDX-License-Identifier: Apache-2.0

package record

import "revgn/internal/number"

// Number is a float64 that JSON writes as null where it is not finite; null reads
// back as NaN.
type Number = number.Number

// Optional is a Number that may be absent; absent ones are left out of JSON.
type Optional = number.Optional

// Some returns a present number.
func Some(v float64) Optional { return number.Some(v) }
