// SPDX-License-Identifier: Apache-2.0

package problem

import (
	"testing"

	"github.com/gomlx/compute/dtypes"

	"revgn/internal/backend"
)

// Cost is what one graph of a test takes to compile, on a backend that compiles; the Go backend runs everything.
type Cost int

const (
	Light Cost = iota // about a second: every problem in Float32, those marked Compiled in Float64 too
	Heavy             // several: those marked Compiled in Float32, the first of them in Float64 too; in -short that one in Float32 alone
)

// Each runs fn as a subtest on every problem in both dtypes. It skips, with the reason, what takes too long on the backend or in -short.
func Each(t *testing.T, b *backend.Backend, cost Cost, fn func(t *testing.T, c *Case)) {
	t.Helper()
	for _, p := range Table() {
		for _, dtype := range DTypes() {
			t.Run(p.Name+"/"+dtype.String(), func(t *testing.T) {
				if reason := p.skipped(b, cost, dtype); reason != "" {
					t.Skip(reason)
				}
				fn(t, p.In(t, dtype))
			})
		}
	}
}

// skipped says why a problem is left out, "" if it is not.
func (p Problem) skipped(b *backend.Backend, cost Cost, dtype dtypes.DType) string {
	single := dtype == dtypes.Float32
	switch {
	case p.Deep && testing.Short():
		return "a deep network: left out in -short"
	case b.Kind == "go":
		return ""
	case p.Compiled && single && (cost == Light || !testing.Short() || p.Name == Table()[0].Name):
		return ""
	case testing.Short():
		return "left out in -short: it compiles for " + b.Kind + " for seconds, and the Go backend runs it"
	case !p.Compiled && (cost == Heavy || !single), cost == Heavy && !single && p.Name != Table()[0].Name:
		return "it compiles for " + b.Kind + " for seconds, and the Go backend runs it"
	}
	return ""
}

// LeaveToGo skips the test where the condition holds and the backend is one that compiles, since the Go backend runs it at once.
func LeaveToGo(t *testing.T, b *backend.Backend, when bool) {
	t.Helper()
	if when && b.Kind != "go" {
		t.Skipf("left out on %s, which compiles it for seconds: the Go backend runs it", b.Kind)
	}
}
