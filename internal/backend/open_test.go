// SPDX-License-Identifier: Apache-2.0

package backend_test

import (
	"testing"

	"github.com/gomlx/gomlx/core/graph"

	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
)

func TestEachBackendMultiplies(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		y := graph.MustNewExec(b.Backend, func(x *graph.Node) *graph.Node { return graph.Mul(x, x) }).MustExec(float32(3))[0]
		if got := y.Value().(float32); got != 9 {
			t.Errorf("3*3 = %v on %s", got, b.Description)
		}
		t.Log(b.Description)
	})
}
