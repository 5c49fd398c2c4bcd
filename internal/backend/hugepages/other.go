// SPDX-License-Identifier: Apache-2.0

//go:build !linux || !cgo || noxla

package hugepages

// Use does nothing on this system.
func Use() {}
