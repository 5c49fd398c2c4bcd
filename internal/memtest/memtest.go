// SPDX-License-Identifier: Apache-2.0

// Package memtest bounds the memory that a reader takes for an input from outside, in tests and fuzz targets.
//
// Nothing outside tests imports it.
package memtest

import (
	"runtime/metrics"
	"testing"
)

// Limit is what no reader may take for an input as small as a fuzz target's.
const Limit = 256 << 20

// Within fails the test where work allocates more than Limit. It counts every byte allocated, collected since or not, and so more than was ever held at once.
func Within(t testing.TB, work func()) {
	t.Helper()
	before := allocated()
	work()
	if got := allocated() - before; got > Limit {
		t.Errorf("%d MiB were allocated for one input, want at most %d", got>>20, uint64(Limit)>>20)
	}
}

// allocated is how many bytes of heap the process has taken since it began.
func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
