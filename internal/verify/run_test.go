// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"context"
	"strings"
	"testing"
	"time"

	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
)

// Every check holds on every backend.
func TestEveryCheckHolds(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		begin := time.Now()
		rows, err := Run(context.Background(), b, Options{Quick: testing.Short()})
		if err != nil {
			t.Fatal(err)
		}
		var table strings.Builder
		if err := Print(&table, rows); err != nil {
			t.Fatal(err)
		}
		t.Logf("%v\n%s", time.Since(begin), &table)
		for _, r := range rows {
			if !r.Holds {
				t.Errorf("%s in %s: %g on %q, tolerance %g (%s)", r.Check, r.DType, r.Figure, r.Problem, r.Tolerance, r.Source)
			}
		}
	})
}
