// SPDX-License-Identifier: Apache-2.0

package backend

// OnHost tells whether the backend computes in the host's memory.
func (b *Backend) OnHost() bool { return b.Kind == "go" || b.Kind == "xla:cpu" }
