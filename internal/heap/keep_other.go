// SPDX-License-Identifier: Apache-2.0

//go:build !cgo || !linux || (!amd64 && !arm64) || noxla

package heap

// Pin does nothing here.
func Pin() {}

// Keep tells that memory cannot be kept here.
func Keep() bool { return false }

// Release does nothing here.
func Release() {}
