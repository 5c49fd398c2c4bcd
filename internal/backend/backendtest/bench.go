// SPDX-License-Identifier: Apache-2.0

package backendtest

import (
	"testing"

	"revgn/internal/backend"
)

// EachBench is Each for benchmarks.
func EachBench(b *testing.B, fn func(b *testing.B, backend *backend.Backend)) {
	b.Helper()
	kinds, named := selected(b)
	for _, kind := range kinds {
		b.Run(kind, func(b *testing.B) {
			opened, err := open(kind)
			if err != nil && named {
				b.Fatalf("%s names %s: %v", Variable, kind, err)
			}
			if err != nil {
				b.Skipf("not run on %s: %v", kind, err)
			}
			fn(b, opened)
		})
	}
}
