// SPDX-License-Identifier: Apache-2.0

package memtest

import "testing"

// watched is a test that notes its failure instead of failing.
type watched struct {
	testing.TB
	failed bool
}

func (w *watched) Helper()               {}
func (w *watched) Errorf(string, ...any) { w.failed = true }

func TestWithin(t *testing.T) {
	for size, fails := range map[int]bool{Limit / 4: false, Limit + 1<<20: true} {
		w := &watched{TB: t}
		var kept [][]byte
		Within(w, func() {
			for range 4 {
				kept = append(kept, make([]byte, size/4))
			}
		})
		if w.failed != fails || len(kept) != 4 {
			t.Errorf("%d bytes: failed is %v, want %v", size, w.failed, fails)
		}
	}
}
