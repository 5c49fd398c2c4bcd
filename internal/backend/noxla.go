// SPDX-License-Identifier: Apache-2.0

//go:build noxla || !((linux && (amd64 || arm64)) || (darwin && arm64))

package backend

import (
	"errors"

	"revgn/internal/backend/compilecache"
)

const xlaBuilt = false

func openXLA(string, string, int, *compilecache.Cache, func(string, ...any)) (*Backend, error) {
	return nil, errors.New("this build has no XLA")
}
