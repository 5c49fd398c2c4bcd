// SPDX-License-Identifier: Apache-2.0

//go:build noxla || !cgo || !((linux && (amd64 || arm64)) || (darwin && arm64))

package compilecache

import "errors"

// Hook needs cgo and XLA, of which this build has not both.
func Hook(string, *Cache) (name string, err error) { return "", errors.New("this build has no XLA") }
