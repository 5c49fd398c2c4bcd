// SPDX-License-Identifier: Apache-2.0

package claims

import (
	"errors"
	"fmt"
	"math"
)

const threeBlocks = "the first, the middle and the last block"

// three are the similarities of the first, the middle and the last block; of two blocks the middle one is the last.
func three(v View) ([3]Similarity, error) {
	all, err := v.Similarity()
	if err != nil {
		return [3]Similarity{}, err
	}
	if len(all) == 0 {
		return [3]Similarity{}, errors.New("its analysis of CKA has no site of kind stream")
	}
	picked := [3]Similarity{all[0], all[len(all)/2], all[len(all)-1]}
	for _, s := range picked {
		if math.IsNaN(s.Start) || math.IsNaN(s.Floor) {
			return picked, fmt.Errorf("the CKA of %s or its floor has no value", s.Site)
		}
	}
	return picked, nil
}

// least is the smallest over the three blocks of a number.
func least(number func(Similarity) float64) measure {
	return func(v View) (float64, error) {
		sites, err := three(v)
		low := math.Inf(1)
		for _, s := range sites {
			low = min(low, number(s))
		}
		return low, err
	}
}

// keeps is the least CKA with the start.
func keeps(arm string) Statistic {
	s := single(arm, least(func(s Similarity) float64 { return s.Start }))
	s.CKA = true
	return s.defined(false, "debiased linear CKA of the stream at the end with that at the start, the least over %s, of %s", threeBlocks, arm)
}

// visible is how far below 1 the floor is where it is nearest: what CKA can show at all.
func visible(arm string) Statistic {
	s := single(arm, least(func(s Similarity) float64 { return 1 - s.Floor }))
	s.CKA = true
	return s.defined(false, "1 - debiased linear CKA of the stream at the end with that at the start of another seed, the least over %s, of %s", threeBlocks, arm)
}

// keepsMore is how much more a keeps than b in the block where that is least.
func keepsMore(a, b string) Statistic {
	s := Statistic{Arms: []string{a, b}, CKA: true, Of: func(s Seed) (float64, error) {
		x, err := three(s[a])
		if err != nil {
			return 0, fmt.Errorf("%s (%s): %w", a, s[a].Name(), err)
		}
		y, err := three(s[b])
		if err != nil {
			return 0, fmt.Errorf("%s (%s): %w", b, s[b].Name(), err)
		}
		low := math.Inf(1)
		for i := range x {
			low = min(low, x[i].Start-y[i].Start)
		}
		return low, nil
	}}
	return s.defined(false, "debiased linear CKA of the stream at the end with that at the start, of %s less that of %s, the least over %s", a, b, threeBlocks)
}
