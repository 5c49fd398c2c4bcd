// SPDX-License-Identifier: Apache-2.0

// Package backendtest runs a test on every backend that is present on this machine.
package backendtest

import (
	"context"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"revgn/internal/backend"
)

// Variable names the environment variable that selects backends for tests, e.g. "go,xla:cpu". A backend that it names
// has to be present: a test fails without it instead of being skipped.
const Variable = "REVGN_TEST_BACKENDS"

// Each runs fn as a subtest on each backend and skips, with the reason, one that this machine or build does not have.
// A backend is opened once in a process and shared by all tests, because opening a plugin is slow and opening it
// repeatedly is not what programs do. No test uses the network.
func Each(t *testing.T, fn func(t *testing.T, b *backend.Backend)) {
	t.Helper()
	kinds, named := selected(t)
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			b, err := open(kind)
			if err != nil && named {
				t.Fatalf("%s names %s: %v", Variable, kind, err)
			}
			if err != nil {
				t.Skipf("not run on %s: %v", kind, err)
			}
			fn(t, b)
		})
	}
}

// selected are the backends to test: those of the environment variable, else the Go backend, XLA on the CPU, and on a
// machine that has a plugin for it XLA on CUDA.
func selected(t testing.TB) (kinds []string, named bool) {
	t.Helper()
	list := os.Getenv(Variable)
	if list == "" {
		return []string{"go", "xla:cpu", "xla:cuda"}, false
	}
	for kind := range strings.SplitSeq(list, ",") {
		if _, known := openers[kind]; !known {
			t.Fatalf("%s=%q: unknown backend %q, allowed are go, xla:cpu, xla:cuda, xla:tpu", Variable, list, kind)
		}
		if !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	return kinds, true
}

func open(kind string) (*backend.Backend, error) { return openers[kind]() }

// openers share one opened backend a kind among all tests of a process.
var openers = map[string]func() (*backend.Backend, error){
	"go":       once("go"),
	"xla:cpu":  once("xla:cpu"),
	"xla:cuda": once("xla:cuda"),
	"xla:tpu":  once("xla:tpu"),
}

func once(kind string) func() (*backend.Backend, error) {
	return sync.OnceValues(func() (*backend.Backend, error) {
		return backend.Open(context.Background(), backend.Options{Name: kind, Offline: true})
	})
}

// Present tells whether this machine and build have a backend, for tests that run it in processes of their own.
func Present(kind string) bool {
	open, known := openers[kind]
	if !known {
		return false
	}
	_, err := open()
	return err == nil
}
