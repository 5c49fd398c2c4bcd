// SPDX-License-Identifier: Apache-2.0

package stats

// Interval is a confidence interval, both ends included.
type Interval struct{ Low, High float64 }

// Above says whether the whole interval lies above x.
func (i Interval) Above(x float64) bool { return i.Low > x }

// Below says whether the whole interval lies below x.
func (i Interval) Below(x float64) bool { return i.High < x }
