// SPDX-License-Identifier: Apache-2.0

package study

import (
	"math"
	"slices"

	"revgn/internal/claims"
)

// deciding is the part that a verdict hangs by: the premise that does not hold, the part that fails clearest, the first that is open, or where all hold the one that
// holds least clearly. false for a verdict without parts.
func deciding(v claims.Verdict) (claims.PartResult, bool) {
	all := slices.Concat(v.Premises, v.Parts)
	if len(all) == 0 {
		return claims.PartResult{}, false
	}
	switch v.Verdict {
	case claims.Holds:
		return most(all, func(r claims.PartResult) float64 { return float64(r.PHolds) }), true
	case claims.Fails:
		if failing := outcomes(v.Parts, claims.Fails); len(failing) > 0 {
			return most(failing, func(r claims.PartResult) float64 { return -float64(r.PFailsHolm) }), true
		}
	}
	for _, r := range all {
		if r.Outcome != claims.Holds {
			return r, true
		}
	}
	return all[0], true
}

func outcomes(parts []claims.PartResult, o claims.Outcome) []claims.PartResult {
	var list []claims.PartResult
	for _, r := range parts {
		if r.Outcome == o {
			list = append(list, r)
		}
	}
	return list
}

// most is the part of which a number is greatest, the first where it is none.
func most(parts []claims.PartResult, of func(claims.PartResult) float64) claims.PartResult {
	best := parts[0]
	for _, r := range parts[1:] {
		if of(r) > of(best) {
			best = r
		}
	}
	return best
}

// reading is a part's numbers as people read them: differences of logarithms as ratios.
type reading struct {
	ratio                        bool
	effect, low, high, threshold float64
}

func read(r claims.PartResult) reading {
	n := reading{r.Ratio.Set, float64(r.Effect), float64(r.Low), float64(r.High), float64(r.Threshold)}
	if n.ratio {
		n.effect, n.low, n.high, n.threshold = math.Exp(n.effect), math.Exp(n.low), math.Exp(n.high), math.Exp(n.threshold)
	}
	return n
}

// unit says what the numbers are.
func (n reading) unit() string {
	if n.ratio {
		return "ratio"
	}
	return "value"
}
