// SPDX-License-Identifier: Apache-2.0

package backendtest

import (
	"context"
	"slices"
	"sync"
	"testing"

	"revgn/internal/backend"
)

// OnDevices opens XLA on the CPU with n devices, once in a process, and skips, with the reason, where this machine or build does not have it or the tests are to
// leave it out.
func OnDevices(t testing.TB, n int) *backend.Backend {
	t.Helper()
	kinds, named := selected(t)
	if !slices.Contains(kinds, "xla:cpu") {
		t.Skipf("not run on xla:cpu: %s leaves it out", Variable)
	}
	opened, _ := several.LoadOrStore(n, sync.OnceValues(func() (*backend.Backend, error) {
		return backend.Open(context.Background(), backend.Options{Name: "xla:cpu", Devices: n, Offline: true})
	}))
	b, err := opened.(func() (*backend.Backend, error))()
	if err != nil && named {
		t.Fatalf("%s names xla:cpu: %v", Variable, err)
	}
	if err != nil {
		t.Skipf("not run on xla:cpu: %v", err)
	}
	return b
}

// several are the backends of OnDevices by their number of devices.
var several sync.Map
