// SPDX-License-Identifier: Apache-2.0

package backend

import (
	"github.com/gomlx/compute"

	"revgn/internal/backend/compilecache"
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
}
