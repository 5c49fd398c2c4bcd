// SPDX-License-Identifier: Apache-2.0

// Package backendtest runs a test on every backend that is present on this machine.
package backendtest

import (
	"context"
	"sync"
	"testing"

	"revgn/internal/backend"
)

var kinds = []string{"go", "xla:cpu"}

var opened = map[string]func() (*backend.Backend, error){
	"go":      sync.OnceValues(func() (*backend.Backend, error) { return open("go") }),
	"xla:cpu": sync.OnceValues(func() (*backend.Backend, error) { return open("xla:cpu") }),
}

func open(kind string) (*backend.Backend, error) {
	return backend.Open(context.Background(), backend.Options{Name: kind, Offline: true})
}

// Each runs fn as a subtest on each backend present and skips, with the reason, those that are not.
// A kind is opened once per process and shared by all tests.
func Each(t *testing.T, fn func(t *testing.T, b *backend.Backend)) {
	t.Helper()
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			b, err := opened[kind]()
			if err != nil {
				t.Skipf("%s: %v", kind, err)
			}
			fn(t, b)
		})
	}
}
