// SPDX-License-Identifier: Apache-2.0

package sweep

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// Limit keeps as many option sets of every group, each with all its seeds: those that a draw without replacement gives, the same one everywhere and
// at any size, so that a larger budget keeps what a smaller one had. A group that has fewer is an error.
func Limit(runs []Run, budget int, by string) ([]Run, error) {
	keep := map[int]bool{}
	for _, c := range Compare(runs, nil, Metric{}, by) {
		if len(c.Sets) < budget {
			return nil, fmt.Errorf("budget: %s %s has %d option sets, fewer than %d; give its axes more values, or all a smaller --budget", by, c.Group, len(c.Sets), budget)
		}
		slices.SortStableFunc(c.Sets, func(a, b OptionSet) int { return strings.Compare(draw(a), draw(b)) })
		for _, s := range c.Sets[:budget] {
			for _, i := range s.Runs {
				keep[i] = true
			}
		}
	}
	var kept []Run
	for i, run := range runs {
		if keep[i] {
			kept = append(kept, run)
		}
	}
	return kept, nil
}

// draw is the lot of an option set, decided by its options alone.
func draw(o OptionSet) string {
	sum := sha256.Sum256([]byte("revgn draw\n" + o.key))
	return hex.EncodeToString(sum[:])
}

// Share returns every count-th of a list, such as the runs, from the index on, from 0: what one of count processes makes that divide a sweep among them.
func Share[T any](all []T, index, count int) []T {
	if count <= 1 {
		return all
	}
	var share []T
	for i := index; i < len(all); i += count {
		share = append(share, all[i])
	}
	return share
}
