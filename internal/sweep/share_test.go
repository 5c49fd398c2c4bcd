// SPDX-License-Identifier: Apache-2.0

package sweep

import "testing"

// Every run is in exactly one share, and shares differ by at most one run.
func TestShare(t *testing.T) {
	for _, runs := range []int{0, 1, 7, 8, 60} {
		all := make([]int, runs)
		for i := range all {
			all[i] = i
		}
		for _, count := range []int{1, 2, 7, 8, 64} {
			owners := make([]int, runs)
			for index := range count {
				share := Share(all, index, count)
				if n := len(share); n != runs/count && n != runs/count+1 {
					t.Errorf("share %d of %d has %d of %d runs", index, count, n, runs)
				}
				for _, i := range share {
					owners[i]++
				}
			}
			for i, n := range owners {
				if n != 1 {
					t.Errorf("run %d of %d is in %d of %d shares", i, runs, n, count)
				}
			}
		}
	}
}
