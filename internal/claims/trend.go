// SPDX-License-Identifier: Apache-2.0

package claims

import "fmt"

// gapAt is a pair of arms at a value of what is varied.
type gapAt struct {
	x           float64
	top, bottom string
}

// growing asks that the gap log L(top) - log L(bottom) grow from each value to the next: a trend over all of them could hide that it shrinks in between.
func growing(what string, gaps []gapAt) []Part {
	var parts []Part
	for i := range len(gaps) - 1 {
		from, to := gaps[i], gaps[i+1]
		parts = append(parts, Part{fmt.Sprintf("grows from %g to %g", from.x, to.x), MiniBatch, growth(what, from, to), Above, 0, "the question is a sign"})
	}
	return parts
}

// growth is by how much the gap is larger at one value than at another.
func growth(what string, from, to gapAt) Statistic {
	before, after := difference(from.top, from.bottom, finalLoss("train")), difference(to.top, to.bottom, finalLoss("train"))
	s := Statistic{Arms: append(before.Arms, after.Arms...)}
	s.Of = func(s Seed) (float64, error) {
		x, err := before.Of(s)
		if err != nil {
			return 0, err
		}
		y, err := after.Of(s)
		return y - x, err
	}
	return s.defined(true, "log L(%s) - log L(%s) less log L(%s) - log L(%s), L the loss over the whole training part at the end: from %s = %g to %g", to.top, to.bottom, from.top, from.bottom, what, from.x, to.x)
}
