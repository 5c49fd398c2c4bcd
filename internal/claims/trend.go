// SPDX-License-Identifier: Apache-2.0

package claims

import (
	"fmt"
	"math"
	"strings"
)

// gapAt is a pair of arms at a value of what is varied.
type gapAt struct {
	x           float64 // log₂ of it
	top, bottom string
}

// gapTrend is by how much the gap log L(top) - log L(bottom) grows where x doubles: the least-squares slope over the values.
func gapTrend(what string, gaps []gapAt) Statistic {
	s := Statistic{}
	var values []string
	for _, g := range gaps {
		s.Arms = append(s.Arms, g.top, g.bottom)
		values = append(values, fmt.Sprintf("%.3g", math.Exp2(g.x)))
	}
	s.Of = func(s Seed) (float64, error) {
		xs, ys := make([]float64, len(gaps)), make([]float64, len(gaps))
		for i, g := range gaps {
			top, err := s.of(g.top, finalLoss("train"))
			if err != nil {
				return 0, err
			}
			bottom, err := s.of(g.bottom, finalLoss("train"))
			if err != nil {
				return 0, err
			}
			xs[i], ys[i] = g.x, top-bottom
		}
		return slope(xs, ys), nil
	}
	return s.defined(true, "least-squares slope over log₂ %s (%s) of log L(gn) - log L(adam), L the loss over the whole training part at the end", what, strings.Join(values, ", "))
}

// slope is Σ(x - x̄)(y - ȳ)/Σ(x - x̄)².
func slope(xs, ys []float64) float64 {
	var mx, my float64
	for i := range xs {
		mx += xs[i] / float64(len(xs))
		my += ys[i] / float64(len(ys))
	}
	var xy, xx float64
	for i := range xs {
		xy += (xs[i] - mx) * (ys[i] - my)
		xx += (xs[i] - mx) * (xs[i] - mx)
	}
	return xy / xx
}
