// SPDX-License-Identifier: Apache-2.0

package backend

import (
	"github.com/gomlx/compute"

	"revgn/internal/backend/compilecache"
	"revgn/internal/heap"
)

// Backend is an opened GoMLX backend with the facts about it that a run's manifest keeps.
type Backend struct {
	compute.Backend

	// Kind is the name under which Open accepts this kind again: "go", "xla:cpu", "xla:cuda", "xla:tpu" or "xla:plugin".
	Kind string
	// PluginPath is the absolute path of the PJRT plugin; empty for the Go backend.
	PluginPath string
	// PluginSHA256 is the SHA-256 of the plugin's bytes in hexadecimal; empty for the Go backend.
	PluginSHA256 string
	// Description names platform, devices and, with a plugin, its PJRT API version.
	Description string

	// Cache keeps what this backend compiles; nil where nothing is kept, for the reason Uncached, which is empty for the Go backend.
	Cache    *compilecache.Cache
	Uncached string

	kept bool // one xla:cpu device, opened on the main thread
}

// KeepMemory has the memory that one xla:cpu device computes in kept for its next computation, as it is at first, or given back. Other backends have their own
// ways, and nothing is done.
func (b *Backend) KeepMemory(keep bool) {
	switch {
	case b.kept && keep:
		heap.Keep()
	case b.kept:
		heap.Release()
	}
}
