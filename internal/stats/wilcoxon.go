// SPDX-License-Identifier: Apache-2.0

package stats

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// MostSigned is the largest number of differences for which signed ranks are tested: their distribution is counted, not approximated.
const MostSigned = 25

// SignedRank is Wilcoxon's signed rank test.
type SignedRank struct {
	N    int     // differences that are not zero
	Plus float64 // W⁺, the sum of the ranks of |d| where d > 0
	P    float64 // two-sided
}

// Wilcoxon tests whether differences lie symmetrically about zero (Wilcoxon, Individual comparisons by ranking methods, Biometrics Bulletin 1, 1945). Zeros are left out and ties share the mean
// of their ranks; P is exact, given the ranks: each of the 2ⁿ signs is as probable as any other, and P is twice the smaller tail of W⁺, at most 1. Five differences give no P below 1/16. It refuses more
// than MostSigned.
func Wilcoxon(differences []float64) (SignedRank, error) {
	var d []float64
	for _, x := range differences {
		if math.IsNaN(x) {
			return SignedRank{N: len(differences), Plus: math.NaN(), P: math.NaN()}, nil
		}
		if x != 0 {
			d = append(d, x)
		}
	}
	if len(d) > MostSigned {
		return SignedRank{}, fmt.Errorf("signed ranks of %d differences; want at most %d", len(d), MostSigned)
	}
	slices.SortFunc(d, func(a, b float64) int { return cmp.Compare(math.Abs(a), math.Abs(b)) })
	ranks, plus := doubledRanks(d), 0
	for i, x := range d {
		if x > 0 {
			plus += ranks[i]
		}
	}
	return SignedRank{N: len(d), Plus: float64(plus) / 2, P: signedP(ranks, plus)}, nil
}

// doubledRanks are twice the ranks of differences ascending in size, which are whole even where ties share them.
func doubledRanks(d []float64) []int {
	ranks := make([]int, len(d))
	for i := 0; i < len(d); {
		j := i
		for j < len(d) && math.Abs(d[j]) == math.Abs(d[i]) {
			j++
		}
		for k := i; k < j; k++ {
			ranks[k] = i + j + 1 // twice the mean of i+1 .. j
		}
		i = j
	}
	return ranks
}

// signedP counts how many of all signs give sums as small as plus or smaller, and as large or larger.
func signedP(ranks []int, plus int) float64 {
	total := 0
	for _, r := range ranks {
		total += r
	}
	ways := make([]float64, total+1)
	ways[0] = 1
	for _, r := range ranks {
		for sum := total; sum >= r; sum-- {
			ways[sum] += ways[sum-r]
		}
	}
	var low, high float64
	for sum, n := range ways {
		if sum <= plus {
			low += n
		}
		if sum >= plus {
			high += n
		}
	}
	return min(1, 2*min(low, high)/math.Pow(2, float64(len(ranks))))
}
