// SPDX-License-Identifier: Apache-2.0

package batches_test

import (
	"strings"
	"testing"

	"revgn/internal/backend"
)

func goBackend(t *testing.T) *backend.Backend {
	t.Helper()
	b, err := backend.Open(t.Context(), backend.Options{Name: "go", Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Finalize)
	return b
}

func wantError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want an error with %q", err, want)
	}
}
