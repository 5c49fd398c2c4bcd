// SPDX-License-Identifier: Apache-2.0

//go:build linux

package hugepages_test

import (
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
)

// A graph of XLA on the CPU with a large block between its input and its result takes it in huge pages: a small share of the page faults that pages of 4 KiB make.
func TestLargeBlocksTakeFewPageFaults(t *testing.T) {
	enabled, err := os.ReadFile("/sys/kernel/mm/transparent_hugepage/enabled")
	if err != nil || strings.Contains(string(enabled), "[never]") {
		t.Skipf("this system (%s) gives no huge pages: %s %v", runtime.GOOS, enabled, err)
	}
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		if b.Kind != "xla:cpu" {
			t.Skipf("%s takes its memory otherwise", b.Kind)
		}
		const n = 4000 // 64 MB a matrix
		exec := graph.MustNewExec(b.Backend, func(x *graph.Node) *graph.Node {
			outer := graph.Dot(x, x).General(nil, nil, nil, nil)
			return graph.Dot(outer, x).General([]int{1}, nil, []int{0}, nil)
		})
		defer exec.Finalize()
		x := tensors.FromFlatDataAndDimensions(make([]float32, n), n)
		call := func() int64 {
			var before, after syscall.Rusage
			if err := syscall.Getrusage(syscall.RUSAGE_SELF, &before); err != nil {
				t.Fatal(err)
			}
			exec.MustCall1(x).MustFinalizeAll()
			if err := syscall.Getrusage(syscall.RUSAGE_SELF, &after); err != nil {
				t.Fatal(err)
			}
			return after.Minflt - before.Minflt
		}
		call()
		small := int64(4 * n * n / os.Getpagesize())
		if faults := call(); faults > small/4 {
			t.Errorf("%d page faults of a block of %d pages", faults, small)
		}
	})
}
