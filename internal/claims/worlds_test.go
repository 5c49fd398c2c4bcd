// SPDX-License-Identifier: Apache-2.0

package claims_test

import (
	"math"
	"strconv"
	"strings"

	"revgn/internal/claims"
)

// asClaimed is a world where the paper is right and every question is answered with yes, by a wide margin.
func asClaimed(setting, arm string) law {
	gn := law{final: -1, speed: 12, own: 0.3, held: 0.02, turn: 0.03, change: -3, cka: 0.97, floor: 0.6}
	adam := law{final: -3, speed: 1, own: 0.02, held: 0.02, turn: 0.3, change: 0, cka: 0.7, floor: 0.6}
	sgd := law{final: -0.5, speed: 3, own: 0.02, held: 0.02, turn: 0.05, change: -2, cka: 0.97, floor: 0.6}
	kind, amount := amountOf(arm)
	switch {
	case kind == "adam":
		return adam
	case kind == "split":
		gn.final = -2 + 0.5*math.Log2(amount)
	case arm == "min-norm-whole":
		gn.final = -3.2
	case strings.HasPrefix(arm, "adam-then"):
		gn.final = -1.5
	case strings.HasSuffix(arm, "then-adam"):
		gn.final = -2.5
	case strings.HasPrefix(arm, "adam"):
		gn = adam
	case strings.HasPrefix(arm, "sgd"):
		gn = sgd
	}
	if setting == claims.FullBatch || setting == claims.NarrowFullBatch {
		switch {
		case strings.HasPrefix(arm, "adam"), strings.HasPrefix(arm, "sgd"):
			gn.final, gn.speed = -2, 1
		default:
			gn.final, gn.speed = -5, 6
		}
	}
	return gn
}

// amountOf reads what question 11 varies from the name of an arm.
func amountOf(arm string) (kind string, amount float64) {
	for _, sep := range []string{"-load", "-share"} {
		if kind, text, ok := strings.Cut(arm, sep); ok {
			amount, _ = strconv.ParseFloat(text, 64)
			return kind, amount
		}
	}
	return "", 0
}

// nothing is a world where no arm differs from another, but by as much as questions 12 to 14 must not overlook.
func nothing(_, arm string) law {
	l := law{final: -2, speed: 2, own: 0.05, held: 0.05, turn: 0.3, change: -1, cka: 0.8, floor: 0.6, beside: math.Log(1.1)}
	if arm == "linearised" || arm == "min-norm-whole" {
		l.final += math.Log(1.1)
	}
	return l
}

// theOtherWay is a world where Gauss-Newton does on mini-batches what Adam is said to do, and Adam on the full batch what Gauss-Newton is.
func theOtherWay(setting, arm string) law {
	other := map[string]string{"split": "adam", "split-preset": "adam", "split-longer": "adam", "split-preset-longer": "adam", "last": "adam", "truncated": "adam", "released": "adam", "min-norm": "adam", "exact-curvature": "adam", "damped-curvature": "adam", "split-narrow": "adam",
		"adam": "split", "adam-preset": "split", "adam-longer": "split", "adam-preset-longer": "split", "sgd": "sgd", "sgd-preset": "sgd"}
	if to, ok := other[arm]; ok {
		return asClaimed(setting, to)
	}
	return asClaimed(setting, arm)
}
