// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// mostValues is the largest number of values that a range is taken to mean.
const mostValues = 10000

const spanForms = "want LOW..HIGH or LOW..HIGH:STEP of whole numbers, or LOW..HIGH:logN or :linN for N values, such as 0..4 or 1e-3..1:log5"

// expand returns the values of a range, or the text itself where it is none or the option takes no numbers.
func (l *List) expand(text string) ([]string, error) {
	low, rest, ok := strings.Cut(text, "..")
	whole := false
	switch l.one.(type) {
	case intValue, uintValue:
		whole = true
	case floatValue:
	default:
		ok = false
	}
	if !ok {
		return []string{text}, nil
	}
	high, form, formed := strings.Cut(rest, ":")
	values, err := span(low, high, form, formed, whole)
	if err != nil {
		return nil, fmt.Errorf("got %q; %w", text, err)
	}
	return values, nil
}

func span(low, high, form string, formed, whole bool) ([]string, error) {
	if n, ok := strings.CutPrefix(form, "log"); ok {
		return spaced(low, high, n, whole, true)
	}
	if n, ok := strings.CutPrefix(form, "lin"); ok {
		return spaced(low, high, n, whole, false)
	}
	a, errA := strconv.ParseUint(low, 10, 64)
	b, errB := strconv.ParseUint(high, 10, 64)
	step := uint64(1)
	var err error
	if formed {
		step, err = strconv.ParseUint(form, 10, 64)
	}
	switch {
	case !whole || errA != nil || errB != nil || err != nil || step == 0:
		return nil, fmt.Errorf("%s", spanForms)
	case a > b:
		return nil, fmt.Errorf("the first number of a range is the lower one")
	case (b-a)/step >= mostValues:
		return nil, fmt.Errorf("a range holds at most %d values", mostValues)
	}
	values := make([]string, (b-a)/step+1)
	for i := range values {
		values[i] = formatUint(a + uint64(i)*step)
	}
	return values, nil
}

// spaced returns n numbers from low to high, by ratio or by distance. Those between are rounded to four digits (or to whole numbers), so that they are the same
// numbers on every machine, whatever its last bits, and can be read.
func spaced(low, high, count string, whole, ratio bool) ([]string, error) {
	n, err := strconv.Atoi(count)
	a, errA := parseFloat(low)
	b, errB := parseFloat(high)
	switch {
	case err != nil || errA != nil || errB != nil || n < 2 || n > mostValues:
		return nil, fmt.Errorf("%s", spanForms)
	case a >= b:
		return nil, fmt.Errorf("the first number of a range is the lower one")
	case ratio && a <= 0:
		return nil, fmt.Errorf("equal ratios start above 0")
	}
	values := make([]string, n)
	for i := range values {
		t := float64(i) / float64(n-1)
		x := a + t*(b-a)
		if ratio {
			x = a * math.Pow(b/a, t)
		}
		if whole {
			values[i] = strconv.FormatFloat(math.Round(x), 'f', 0, 64)
			continue
		}
		values[i] = strconv.FormatFloat(x, 'g', 4, 64)
	}
	if !whole {
		values[0], values[n-1] = low, high
	}
	return values, nil
}
